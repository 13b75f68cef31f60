"""What the channels' process does by the way, whatever channels are configured: the daily purge of what is old."""

from __future__ import annotations

import asyncio
import logging
from typing import Optional

from sqlalchemy.exc import SQLAlchemyError

from bot import staff_log
from bot.channels.inbox import state
from bot.channels.inbox.database import Inbox, open_inbox, utcnow
from bot.channels.inbox.leases import new_owner
from bot.people import keepers
from privacy.keepers import limits, purge
from settings.privacy import PrivacySettings, privacy_settings
from storage.errors import DatabaseUnreachable

logger = logging.getLogger(__name__)

LOOK_EVERY = 600.0
"""Seconds between looks at whether today's purge was done."""
LEASE = 1_800.0
"""Seconds after which another process may take over a purge that didn't end."""
_NAME = "privacy_purge"


def purge_now(inbox: Inbox, settings: PrivacySettings) -> dict[str, int]:
    """Delete what is past its time everywhere; how many rows went, by part.

    Raises:
        DatabaseUnreachable: a database doesn't answer.
    """
    return purge((*keepers(inbox), staff_log.keeper()), limits(utcnow(), settings.text_days, settings.event_days))


def purge_today(inbox: Inbox, owner: str, settings: PrivacySettings) -> Optional[dict[str, int]]:
    """The day's purge; None where it was done already, or another process is at it.

    Args:
        inbox: the database that the processes share.
        owner: this process.
        settings: how long things are kept.
    """
    today = utcnow().date().isoformat()
    if state.get(inbox, _NAME) == today or not state.take(inbox, _NAME, owner, LEASE):
        return None
    try:
        gone = purge_now(inbox, settings)
        state.put(inbox, _NAME, today)
        return gone
    finally:
        state.release(inbox, _NAME, owner)


async def keep_house() -> None:
    """Look after the house until cancelled."""
    owner, settings = new_owner(), privacy_settings()
    inbox: Optional[Inbox] = None
    while True:
        try:
            if inbox is None:
                inbox = await asyncio.to_thread(open_inbox)
            await asyncio.to_thread(purge_today, inbox, owner, settings)
        except (DatabaseUnreachable, SQLAlchemyError) as error:
            logger.error("purge put off: %s", type(error).__name__)
        await asyncio.sleep(LOOK_EVERY)
