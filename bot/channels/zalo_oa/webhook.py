"""The Official Account's door: ``/webhooks/zalo/webhook``.

Verify, keep, answer 200: Zalo wants it within two seconds, and nothing slower
than one commit happens before. ``motcua channels check`` tells what is wrong.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Optional

import httpx

from bot.channels.complaints import Complaints
from bot.channels.inbox.door import LARGEST_BODY, Door, take
from bot.channels.inbox.runtime import Runtime
from bot.channels.inbox.wire import note_leaving
from bot.channels.zalo_oa.channel import ZaloOa
from bot.channels.zalo_oa.client import OaClient
from bot.channels.zalo_oa.events import Malformed, read_body
from bot.channels.zalo_oa.signature import Verdict, verify
from bot.channels.zalo_oa.tokens import TokenManager
from settings.zalo import OaSettings, oa_settings

logger = logging.getLogger(__name__)

_TELL = {
    Verdict.FORGED: "wrong signature (see MOTCUA_ZALO_OA_SECRET_KEY)",
    Verdict.OTHER_APP: "signed for another app (see MOTCUA_ZALO_APP_ID)",
    Verdict.OTHER_ID: "the signature begins with the other id: set MOTCUA_ZALO_SIGNED_ID",
    Verdict.LATE: "timestamp too far from our clock",
}


def configured() -> Optional[Door]:
    """The door of the settings' account; None where none is configured.

    Raises:
        ValueError: a setting can't be read; the text, in Vietnamese, names it.
    """
    settings = oa_settings()
    return door(settings) if settings else None


def door(settings: OaSettings, clock: Callable[[], float] = time.time) -> Door:
    """The door of an account: events with its signature.

    Args:
        settings: see OaSettings.
        clock: our time, with which signed times are compared.
    """
    channel = ZaloOa(settings)
    complaints = Complaints(logger)

    async def receive(headers: Mapping[str, str], body: bytes, runtime: Optional[Runtime]) -> int:
        if len(body) > LARGEST_BODY:
            return 413
        try:
            fields = read_body(body)
        except Malformed:
            return 400
        if not fields:
            return 200  # the console tries the address so when it is saved
        verdict = verify(body, fields, headers.get("x-zevent-signature", ""), settings, clock())
        if verdict is not Verdict.GENUINE:
            complaints.about(f"zalo event refused: {_TELL[verdict]}")
            return 403
        incoming = channel.parse(fields)
        return await take(runtime, incoming) if incoming else 200

    return Door(channel, receive, _deliverer(settings, channel))


def _deliverer(settings: OaSettings, channel: ZaloOa) -> Callable[[Runtime], Any]:
    async def work(runtime: Runtime) -> None:
        assert runtime.inbox is not None
        async with httpx.AsyncClient(event_hooks={"request": [note_leaving]}) as http:
            channel.open(OaClient(settings, TokenManager(runtime.inbox, settings, http), http), runtime.inbox)
            await asyncio.Event().wait()  # until the server stops

    return work
