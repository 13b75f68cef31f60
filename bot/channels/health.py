"""What the channels' process says of itself, and its figures."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.inbox import admin
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.runtime import Runtime
from bot.channels.zalo_oa.tables import zalo_tokens
from watching import metrics

PATIENCE = 2.0
"""Seconds that the database may take to answer."""


async def _alive(_request: Request) -> Response:
    """This process is up, whatever the others do."""
    return JSONResponse({"channels": "ok"})


async def _ready(request: Request) -> Response:
    """Whether messages are taken: the inbox is open and answers. Without Rasa they are taken all the same."""
    part = await _asked(request.app.state.runtime)
    metrics.UP.labels("inbox").set(part["ok"])
    return JSONResponse({"ready": part["ok"], "parts": {"inbox": part}}, status_code=200 if part["ok"] else 503)


async def _asked(runtime: Optional[Runtime]) -> dict[str, Any]:
    if runtime is None or runtime.inbox is None:
        return {"ok": False, "error": "loading"}
    try:
        waiting = (await asyncio.wait_for(asyncio.to_thread(admin.counts, runtime.inbox), PATIENCE))["in"]
    except Exception as error:  # whatever is wrong with it
        return {"ok": False, "error": type(error).__name__}
    unfinished = waiting.get("new", 0) + waiting.get("working", 0)
    return {"ok": True, "waiting": unfinished, "set_aside": waiting.get("poison", 0)}


async def _figures(request: Request) -> Response:
    if not metrics.may_look(request.client.host if request.client else None, request.headers):
        return Response(status_code=404)
    runtime: Optional[Runtime] = request.app.state.runtime
    if runtime is not None and runtime.inbox is not None:
        with contextlib.suppress(SQLAlchemyError):  # the figures stay as they were
            await asyncio.to_thread(_refresh, runtime.inbox)
    return Response(await asyncio.to_thread(metrics.exposition), media_type=metrics.CONTENT_TYPE)


def _refresh(inbox: Inbox) -> None:
    """Look up what is counted in tables."""
    metrics.INBOX.clear()
    for direction, statuses in admin.counts(inbox).items():
        for status, count in statuses.items():
            metrics.INBOX.labels(direction, status).set(count)
    waited = admin.oldest_waiting(inbox)
    metrics.INBOX_AGE.set(waited.total_seconds() if waited else 0)
    with inbox.begin() as connection:
        renewed = connection.execute(sa.select(sa.func.max(zalo_tokens.c.renewed_at))).scalar_one_or_none()
    if renewed:
        metrics.TOKEN_AGE.labels("zalo").set(max(0.0, time.time() - renewed))


ROUTES = [Route("/healthz", _alive), Route("/readyz", _ready), Route("/metrics", _figures)]
