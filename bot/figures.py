"""The Rasa server's own figures, and what its parts say of themselves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

import httpx
import sqlalchemy as sa
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import conversations
from bot.channels.inbox import admin
from bot.channels.inbox.database import Inbox, open_inbox
from bot.channels.zalo_oa.tables import zalo_tokens
from watching import metrics

PATIENCE = 2.0
"""Seconds that a part may take to say how it is."""


class Parts:
    """The databases behind the figures, opened when they are first asked for."""

    def __init__(self) -> None:
        self._inbox: Optional[Inbox] = None

    def inbox(self) -> Inbox:
        """The inbox.

        Raises:
            DatabaseUnreachable: it doesn't answer.
        """
        self._inbox = self._inbox or open_inbox()
        return self._inbox

    def refresh(self) -> None:
        """Look up what is counted in tables."""
        inbox = self.inbox()
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


def watch(blueprint: Blueprint) -> None:
    """Add ``metrics`` and ``ready`` to a blueprint of the server."""
    parts = Parts()
    metrics.on_scrape(parts.refresh)

    @blueprint.route("/metrics", methods=["GET"])
    async def figures(request: Request) -> HTTPResponse:
        if not metrics.may_look(request.ip, {name.lower(): value for name, value in request.headers.items()}):
            return response.empty(404)
        return response.raw(await asyncio.to_thread(metrics.exposition), content_type=metrics.CONTENT_TYPE)

    @blueprint.route("/ready", methods=["GET"])
    async def ready(request: Request) -> HTTPResponse:
        told = await parts_of(request.app, parts)
        good = all(part["ok"] for part in told.values())
        return response.json({"ready": good, "parts": told}, status=200 if good else 503)


async def parts_of(app: Any, parts: Parts) -> dict[str, dict[str, Any]]:
    """How each part of the assistant is: 'ok', and what there is to know of it."""
    agent = getattr(app.ctx, "agent", None)
    loaded = bool(agent is not None and agent.is_ready())
    model = getattr(getattr(agent, "processor", None), "model_filename", None)
    told: dict[str, dict[str, Any]] = {
        "model": {"ok": loaded, **({"name": Path(str(model)).name} if loaded and model else {})},
        "conversations": await _asked(conversations.look),
        "inbox": await _asked(lambda: _inbox(parts)),
        "actions": await _actions(agent),
    }
    for name, part in told.items():
        metrics.UP.labels(name).set(part["ok"])
    return told


def _inbox(parts: Parts) -> dict[str, Any]:
    waiting = admin.counts(parts.inbox())["in"]
    return {"waiting": waiting.get("new", 0) + waiting.get("working", 0), "set_aside": waiting.get("poison", 0)}


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
