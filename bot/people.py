"""All that is kept of people, wherever it is: one list for the chat, the command line, the platforms and the purge."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from analytics import housekeeping as analytics
from analytics.database import open_analytics
from analytics.log import vietnam_day
from analytics.tables import texts, turns
from bot.channels import conversations
from bot.channels.inbox import contacts, housekeeping
from bot.channels.inbox.database import Inbox, open_inbox
from bot.channels.inbox.tables import button_tokens, channel_contacts, inbox_messages, outbox_messages
from desk import upkeep
from desk.database import Desk
from desk.tables import followers, handovers, outgoing
from desk.tables import messages as threads
from privacy.keepers import Keeper, Limits, Rows, erase, rows_of
from settings.channels import inbox_settings
from settings.desk import desk_settings
from storage.errors import DatabaseUnreachable

logger = logging.getLogger(__name__)

_TABLES = (inbox_messages, outbox_messages, button_tokens, channel_contacts)
_DESK = (handovers, outgoing, followers)
TABLES_OF_DESK = frozenset({threads.name, *(table.name for table in _DESK)})
TABLES_OF_INBOX = frozenset(table.name for table in _TABLES)


def keepers(inbox: Optional[Inbox] = None) -> tuple[Keeper, ...]:
    """Every part that keeps something of people.

    Args:
        inbox: the messages' database; by default that of the settings.

    Raises:
        DatabaseUnreachable: a database doesn't answer.
    """
    opened = inbox or open_inbox()
    return (*elsewhere(), _desk_keeper(opened), inbox_keeper(opened))


def elsewhere() -> tuple[Keeper, ...]:
    """The parts that keep their things apart from the inbox."""
    return (conversations.keeper(), _analytics_keeper())


def _analytics_keeper() -> Keeper:
    """Turns under pseudonyms, and the masked text of those that somebody has to settle."""

    def drop(limit: Limits) -> int:
        return analytics.purge(open_analytics(), texts_before=limit.texts, turns_before=vietnam_day(limit.events))

    return Keeper(
        "số liệu",
        frozenset({turns.name, texts.name}),
        lambda sender: analytics.erase(open_analytics(), sender),
        lambda sender: analytics.export(open_analytics(), sender),
        drop,
    )


def _desk_keeper(inbox: Inbox) -> Keeper:
    """Conversations with the staff, and what people follow; beside the inbox in one database."""
    desk = Desk(inbox.engine)

    def drop(limit: Limits) -> int:
        settings = desk_settings()
        days = min(settings.keep_days, (limit.now - limit.texts).days)
        return upkeep.purge(desk, replace(settings, keep_days=days))

    def delete(sender: str) -> int:
        count = sum(map(len, _export_desk(inbox, sender).values()))
        with desk.begin() as connection:
            upkeep.forget(connection, sender)
        return count

    return Keeper("việc với cán bộ và việc theo dõi", TABLES_OF_DESK, delete, partial(_export_desk, inbox), drop)


def _export_desk(inbox: Inbox, sender: str) -> Rows:
    found = {table.name: rows_of(inbox.engine, table, table.c.sender == sender) for table in _DESK}
    theirs = sa.select(handovers.c.id).where(handovers.c.sender == sender)
    return {**found, threads.name: rows_of(inbox.engine, threads, threads.c.handover_id.in_(theirs))}


def inbox_keeper(inbox: Inbox) -> Keeper:
    """Messages on their way, buttons, and how people are reached."""
    return Keeper(
        "tin nhắn và liên hệ",
        TABLES_OF_INBOX,
        partial(contacts.erase, inbox),
        partial(_export, inbox),
        partial(_purge, inbox),
    )


def _export(inbox: Inbox, sender: str) -> Rows:
    return {table.name: rows_of(inbox.engine, table, table.c.sender == sender) for table in _TABLES}


def _purge(inbox: Inbox, limit: Limits) -> int:
    contact = channel_contacts.c
    # Texts that wait for an administrator's decision, and answers that couldn't be sent, are texts too.
    steps = (
        sa.delete(inbox_messages).where(
            inbox_messages.c.status.notin_(("new", "working")), inbox_messages.c.received_at < limit.texts
        ),
        sa.delete(outbox_messages).where(
            outbox_messages.c.status.notin_(("waiting", "sending")), outbox_messages.c.created_at < limit.texts
        ),
    )
    long_gone = sa.select(contact.sender).where(contact.last_seen < limit.events, ~_waits_for_something())
    with inbox.begin() as connection:
        gone = sum(connection.execute(step).rowcount for step in steps)
        silent = list(connection.execute(long_gone).scalars())
    # What they follow goes too: it couldn't be told to them any more.
    gone += sum(contacts.erase(inbox, sender) for sender in silent)
    return gone + housekeeping.purge(inbox, inbox_settings())


def _waits_for_something() -> Any:
    sender = channel_contacts.c.sender
    return sa.or_(
        sa.exists().where(inbox_messages.c.sender == sender), sa.exists().where(outbox_messages.c.sender == sender)
    )


def erase_after_turn(sender: str) -> str:
    """Delete everything of a sender who needs no way to be answered (the web page's); names the words that tell it."""
    try:
        erase(keepers(), sender)
    except (SQLAlchemyError, DatabaseUnreachable) as error:
        logger.error("erasing failed: %s", type(error).__name__)
        return "erase_failed"
    return "erased"


def erase_in_turn(inbox: Inbox, sender: str) -> str:
    """Delete everything of a sender but the message in hand and the way to answer; names the words that tell it."""
    try:
        # What the turn in hand ended with goes with the contact, once it has been answered.
        conversations.forget_conversation(sender)
        _analytics_keeper().erase(sender)
        contacts.forget_soon(inbox, sender)
    except (SQLAlchemyError, DatabaseUnreachable) as error:
        logger.error("erasing failed: %s", type(error).__name__)
        return "erase_failed"
    return "erased_soon"


def forget_elsewhere(sender: str) -> None:
    """Delete what the other parts keep of a sender, when the inbox forgets them."""
    for keeper in elsewhere():
        keeper.erase(sender)
