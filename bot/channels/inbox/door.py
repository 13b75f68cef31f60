"""A channel's web side, whatever serves it: what is posted comes as headers and bytes, and a status goes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Optional

from bot.channels.inbox.channel import Channel, Incoming
from bot.channels.inbox.runtime import Close, Job, NotReady, Runtime

LARGEST_BODY = 1_000_000
"""Bytes of an update; real ones have a few thousand."""

Receive = Callable[[Mapping[str, str], bytes, Optional[Runtime]], Awaitable[int]]
"""Given the headers (by lower-case name), the body (cut beyond LARGEST_BODY + 1) and the runtime, the status."""


@dataclass(frozen=True)
class Door:
    """What the server needs to serve a channel.

    Attributes:
        channel: the channel.
        receive: takes what is posted to its webhook.
        job: see ``Runtime.register``.
        close: see there too.
    """

    channel: Channel
    receive: Receive
    job: Optional[Job] = None
    close: Optional[Close] = None


async def take(runtime: Optional[Runtime], incoming: Optional[Incoming]) -> int:
    """The status for an update that was understood: kept, or to be sent again.

    Args:
        runtime: None before the start and after the stop.
        incoming: None for what needs no work.
    """
    if runtime is None:
        return 503
    if incoming is not None:
        try:
            await runtime.accept(incoming)
        except NotReady:
            return 503
    return 200
