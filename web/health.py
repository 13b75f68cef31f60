"""What the web process says of itself and of the way to the assistant; its figures."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from knowledge.library import Library
from watching import metrics

PATIENCE = 2.0
"""Seconds that the database may take to answer."""


async def health(_request: Request) -> Response:
    """This process is up, whatever the others do."""
    return JSONResponse({"web": "ok"})


async def readiness(request: Request) -> Response:
    """Every part by name: this process's database, and what Rasa and the channels say of their own parts.

    The page answers people without the channels, so they are told of and don't decide whether it is ready.
    """
    parts: dict[str, Any] = {"web": {"ok": True}, "database": await _database(request.app.state.library)}
    assistant = request.app.state.assistant
    rasa, channels = await asyncio.gather(assistant.parts(), assistant.channels())
    parts |= {"rasa": {"ok": rasa is not None}, **(rasa or {})}
    good = all(part.get("ok") for part in parts.values())
    parts |= {"channels": {"ok": channels is not None}, **(channels or {})}
    for name, part in parts.items():
        metrics.UP.labels(name).set(bool(part.get("ok")))
    return JSONResponse({"ready": good, "parts": parts}, status_code=200 if good else 503)


async def _database(library: Library) -> dict[str, Any]:
    try:
        version = await asyncio.wait_for(asyncio.to_thread(library.version), PATIENCE)
        return {"ok": True, "knowledge_version": version}
    except Exception as error:  # whatever is wrong with it
        return {"ok": False, "error": type(error).__name__}


async def figures(request: Request) -> Response:
    """The figures, for those who may look."""
    if not metrics.may_look(request.client.host if request.client else None, request.headers):
        raise HTTPException(404)
    return Response(await asyncio.to_thread(metrics.exposition), media_type=metrics.CONTENT_TYPE)
