"""Pages and data that anybody may keep: asked for again they cost one look at the knowledge's version."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from settings import public_url, today

_SHAPES = ("templates/*.html", "static/*.css", "*.py", "../knowledge/*.py")
KEEP = "public, max-age=0, must-revalidate"
"""What staff change is live at once, so a kept copy is asked about each time."""


@lru_cache(maxsize=1)
def _release() -> str:
    """A fingerprint of what shapes the answers, so that a new release ends old copies."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted(path for shape in _SHAPES for path in here.glob(shape)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def tag_of(version: int) -> str:
    """The tag of everything that is told of one version of the knowledge on one day."""
    place = hashlib.sha256((public_url() or "").encode()).hexdigest()[:6]
    return f'W/"{version}-{today().isoformat()}-{_release()}-{place}"'


def unchanged(request: Request, tag: str) -> Response | None:
    """304 for somebody who has this version already; else None."""
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag.removeprefix("W/") not in known and "*" not in known:
        return None
    return keep(Response(status_code=304), tag)


def keep(response: Response, tag: str) -> Response:
    """Mark an answer as one to keep and ask about."""
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = KEEP
    return response
