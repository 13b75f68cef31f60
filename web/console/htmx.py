"""htmx as its package brings it, served by us: no page asks another host for a script."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

_FILE = Path("static") / "django_htmx" / "htmx-2.min.js"


@lru_cache(maxsize=1)
def _path() -> Path:
    # Found, not imported: the package itself wants Django, of which nothing is used.
    spec = find_spec("django_htmx")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("django_htmx")
    return Path(spec.submodule_search_locations[0]) / _FILE


async def htmx(_request: Request) -> Response:
    """The script."""
    return FileResponse(_path(), media_type="text/javascript")
