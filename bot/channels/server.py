"""The channels' process: webhooks in, answers out, and what keeps the house; Rasa is asked over HTTP.

Apart from Rasa, whose event loop stands still while it computes a turn: a webhook is answered at once whatever Rasa
does, and also while it isn't there.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Optional

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.channels import health
from bot.channels.inbox.assistant import Assistant, RasaAssistant
from bot.channels.inbox.contacts import on_forget
from bot.channels.inbox.door import LARGEST_BODY, Door
from bot.channels.inbox.runtime import Runtime
from bot.people import forget_elsewhere
from bot.quiet_logs import hide_addresses
from bot.upkeep import keep_house
from settings.channels import inbox_settings
from settings.verifiers import read_verifier

logger = logging.getLogger(__name__)

DOORS = ("telegram", "zalo_oa", "zalo_bot")
"""Packages beside this one whose ``webhook.configured()`` gives a door."""
THREADS = 16
"""For the database: messages that come in never wait for the answers that go out."""
Task = Callable[[], Awaitable[None]]


def configured_doors() -> list[Door]:
    """The doors of the channels that the settings configure. One with wrong settings stays shut and is logged."""
    found: list[Door] = []
    for name in DOORS:
        try:
            door = importlib.import_module(f"bot.channels.{name}.webhook").configured()
        except ValueError as error:
            logger.error("%s is off: %s", name, error)
            continue
        if door:
            found.append(door)
    return found


def create_app(
    doors: Sequence[Door], assistant: Optional[Assistant] = None, beside: Sequence[Task] = (keep_house,)
) -> Starlette:
    """Make the application.

    Args:
        doors: of the channels to serve; others answer 404.
        assistant: what answers; by default the settings' Rasa.
        beside: what runs as long as the server does.
    """
    hide_addresses()
    open_doors = {door.channel.name: door for door in doors}

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "database"))
        runtime = Runtime(assistant or RasaAssistant(inbox_settings().turn_timeout))
        on_forget(forget_elsewhere)
        for door in doors:
            runtime.register(door.channel, door.job, door.close)
        await runtime.start()
        app.state.runtime = runtime
        tasks = [asyncio.ensure_future(work()) for work in beside]
        yield
        app.state.runtime = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await runtime.stop()

    async def webhook(request: Request) -> Response:
        door = open_doors.get(request.path_params["channel"])
        if door is None:
            return Response(status_code=404)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(status_code=await door.receive(request.headers, body, request.app.state.runtime))

    async def look(request: Request) -> Response:
        if request.path_params["channel"] not in open_doors:
            return Response(status_code=404)
        runtime: Optional[Runtime] = request.app.state.runtime
        ready = runtime is not None and runtime.inbox is not None
        return JSONResponse({"status": "ok" if ready else "loading"}, status_code=200 if ready else 503)

    async def verifier(request: Request) -> Response:
        content = read_verifier(f"zalo_verifier{request.path_params['code']}.html")
        return HTMLResponse(content) if content is not None else Response(status_code=404)

    app = Starlette(
        routes=[
            Route("/webhooks/{channel}/webhook", webhook, methods=["POST"]),
            Route("/webhooks/zalo/zalo_verifier{code}.html", verifier),
            Route("/webhooks/{channel}/", look),
            *health.ROUTES,
        ],
        lifespan=lifespan,
    )
    app.state.runtime = None
    return app


async def _body(request: Request) -> bytes:
    """What was posted, no longer than it takes to see that it is too long."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > LARGEST_BODY:
            break
    return b"".join(parts)
