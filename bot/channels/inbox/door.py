"""Helpers for the web side of a channel: listeners for the runtime, and a door that stays shut."""

from __future__ import annotations

import logging
from typing import Any, Optional

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.inbox.channel import Channel
from bot.channels.inbox.runtime import Close, Job, Runtime, runtime_of
from bot.channels.inbox.turn import OnNewMessage

LARGEST_BODY = 1_000_000
"""Bytes of an update; real ones have a few thousand."""


def attach(
    blueprint: Blueprint,
    channel: Channel,
    on_new_message: OnNewMessage,
    job: Optional[Job] = None,
    close: Optional[Close] = None,
) -> None:
    """Have the server's runtime serve a channel from start to stop.

    Args:
        blueprint: the channel's.
        channel: the channel.
        on_new_message: Rasa's handler.
        job: see ``Runtime.register``.
        close: see there too.
    """

    @blueprint.listener("after_server_start")
    async def up(app: Any, loop: Any) -> None:
        runtime = runtime_of(app, on_new_message)
        runtime.register(channel, job, close)
        await runtime.start()

    @blueprint.listener("before_server_stop")
    async def down(app: Any, loop: Any) -> None:
        runtime = running(app)
        if runtime:
            app.ctx.inbox_runtime = None
            await runtime.stop()


def running(app: Any) -> Optional[Runtime]:
    """The server's runtime, or None before the start and after the stop."""
    return getattr(app.ctx, "inbox_runtime", None)


def shut(name: str, reason: str = "") -> Blueprint:
    """A blueprint for a channel that isn't configured: it answers 404 and Rasa starts all the same.

    Args:
        name: of the blueprint.
        reason: logged, where the settings are wrong rather than missing.
    """
    if reason:
        logging.getLogger(__name__).error("%s is off: %s", name, reason)
    blueprint = Blueprint(name)

    @blueprint.route("/webhook", methods=["GET", "POST"])
    async def nobody(request: Request) -> HTTPResponse:
        return response.empty(404)

    return blueprint
