"""The action server's own figures, and what it says of itself."""

from __future__ import annotations

import asyncio
from typing import Any

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.knowledge_base import KnowledgeBase
from watching import metrics


def watch(app: Sanic, knowledge: KnowledgeBase) -> None:
    """Add ``/metrics`` and ``/ready``.

    Args:
        app: the action server.
        knowledge: what it answers from.
    """
    metrics.on_scrape(lambda: metrics.INDEX_VERSION.set(knowledge.keeper.version))

    async def figures(request: Request) -> HTTPResponse:
        if not metrics.may_look(request.ip, {name.lower(): value for name, value in request.headers.items()}):
            return response.empty(404)
        return response.raw(await asyncio.to_thread(metrics.exposition), content_type=metrics.CONTENT_TYPE)

    async def ready(_request: Request) -> HTTPResponse:
        told: dict[str, Any] = {"index_version": knowledge.keeper.version}
        try:
            told["knowledge_version"] = await asyncio.wait_for(asyncio.to_thread(knowledge.version), 2.0)
        except Exception as error:  # whatever is wrong with the database
            return response.json({**told, "error": type(error).__name__}, status=503)
        return response.json(told, status=200 if knowledge.keeper.version >= 0 else 503)

    app.add_route(figures, "/metrics", methods=["GET"])
    app.add_route(ready, "/ready", methods=["GET"])
