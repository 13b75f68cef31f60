"""The Rasa server's own figures, and what its parts say of themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

import httpx
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import conversations
from watching import metrics

PATIENCE = 2.0
"""Seconds that a part may take to say how it is."""


def watch(blueprint: Blueprint) -> None:
    """Add ``metrics`` and ``ready`` to a blueprint of the server."""

    @blueprint.route("/metrics", methods=["GET"])
    async def figures(request: Request) -> HTTPResponse:
        if not metrics.may_look(request.ip, {name.lower(): value for name, value in request.headers.items()}):
            return response.empty(404)
        return response.raw(await asyncio.to_thread(metrics.exposition), content_type=metrics.CONTENT_TYPE)

    @blueprint.route("/ready", methods=["GET"])
    async def ready(request: Request) -> HTTPResponse:
        told = await parts_of(request.app)
        good = all(part["ok"] for part in told.values())
        return response.json({"ready": good, "parts": told}, status=200 if good else 503)


async def parts_of(app: Any) -> dict[str, dict[str, Any]]:
    """How each part of the assistant is: 'ok', and what there is to know of it."""
    agent = getattr(app.ctx, "agent", None)
    loaded = bool(agent is not None and agent.is_ready())
    model = getattr(getattr(agent, "processor", None), "model_filename", None)
    told: dict[str, dict[str, Any]] = {
        "model": {"ok": loaded, **({"name": Path(str(model)).name} if loaded and model else {})},
        "conversations": await _asked(conversations.look),
        "actions": await _actions(agent),
    }
    for name, part in told.items():
        metrics.UP.labels(name).set(part["ok"])
    return told


async def _asked(look: Callable[[], Optional[dict[str, Any]]]) -> dict[str, Any]:
    """What a part says; one that is away or slow isn't well."""
    try:
        told = await asyncio.wait_for(asyncio.to_thread(look), PATIENCE)
        return {"ok": True, **(told or {})}
    except Exception as error:  # whatever is wrong with it
        return {"ok": False, "error": type(error).__name__}


async def _actions(agent: Any) -> dict[str, Any]:
    """The action server, with the version of its index."""
    url = getattr(getattr(agent, "action_endpoint", None), "url", None)
    if not url:
        return {"ok": True}
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.get(url.rsplit("/", 1)[0] + "/ready")
        told: dict[str, Any] = answer.json()
        return {**told, "ok": answer.status_code == 200}
    except (httpx.HTTPError, ValueError, TypeError) as error:
        return {"ok": False, "error": type(error).__name__}
