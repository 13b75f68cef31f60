"""The files with which Zalo checks that the domain is ours, at the root of the site."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from settings.verifiers import read_verifier


async def _verifier(request: Request) -> Response:
    content = read_verifier(f"zalo_verifier{request.path_params['code']}.html")
    if content is None:
        raise HTTPException(404)
    return HTMLResponse(content)


ROUTES = [Route("/zalo_verifier{code}.html", _verifier)]
