"""/di/CODE: on to a procedure's page on the portal, counted without anything personal."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from analytics.links import count_opened, is_machine
from knowledge.library import Library
from settings import VIETNAM
from storage.errors import MotCuaError
from web.turn_log import turn_log

logger = logging.getLogger(__name__)


async def portal(request: Request) -> Response:
    """To the record's own address and nowhere else: nothing of the request decides where it goes."""
    library: Library = request.app.state.library
    code = request.path_params["code"]
    record = await run_in_threadpool(lambda: library.procedure(code, library.version()))
    if record is None or not record.portal_url.startswith(("https://", "http://")):
        raise HTTPException(404)
    mark = request.query_params.get("q", "")
    counts = bool(mark) and request.method == "GET" and not is_machine(request.headers.get("user-agent", ""))
    # Whoever opens links by the hundred still gets to the portal, but fills no table and no figure.
    counts = counts and await request.app.state.limits.counts_links(request)
    task = BackgroundTask(_count, library, code, mark) if counts else None
    return RedirectResponse(record.portal_url, status_code=302, background=task)


def _count(library: Library, code: str, mark: str) -> None:
    """Count after the answer has gone out; a citizen never waits for it, nor learns that it failed."""
    try:
        count_opened(turn_log(library.engine), code, mark, dt.datetime.now(VIETNAM).date())
    except (SQLAlchemyError, MotCuaError) as error:
        logger.warning("a link could not be counted: %s", type(error).__name__)


ROUTES = (Route("/di/{code}", portal),)
