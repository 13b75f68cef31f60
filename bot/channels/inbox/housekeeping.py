"""What is old goes: keys of repeats, texts set aside, buttons nobody tapped."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from bot.channels.inbox import contacts
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import button_tokens, inbox_messages, outbox_messages
from settings.channels import InboxSettings


def purge(inbox: Inbox, settings: InboxSettings) -> int:
    """Delete rows past their time; returns how many.

    Handled messages carry no text any more, only the key that recognises a repeat.
    """
    now = utcnow()
    old, ancient = now - dt.timedelta(days=settings.keep_days), now - dt.timedelta(days=settings.keep_poison_days)
    message, outgoing = inbox_messages.c, outbox_messages.c
    steps = (
        sa.delete(inbox_messages).where(message.status.in_(("done", "dropped")), message.received_at < old),
        sa.delete(inbox_messages).where(message.status == "poison", message.received_at < ancient),
        sa.delete(outbox_messages).where(outgoing.status.in_(("sent", "dropped")), outgoing.created_at < old),
        sa.delete(outbox_messages).where(outgoing.status.in_(("unsure", "refused")), outgoing.created_at < ancient),
        sa.delete(button_tokens).where(button_tokens.c.expires_at < now),
    )
    with inbox.begin() as connection:
        gone = sum(connection.execute(step).rowcount for step in steps)
    return gone + contacts.finish_forgetting(inbox)
