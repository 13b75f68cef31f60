"""Who works: names of workers, and leases left behind by those that died on this machine."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Sequence

import sqlalchemy as sa

from bot.channels.inbox.database import Inbox
from bot.channels.inbox.tables import channel_contacts, channel_state


def new_owner() -> str:
    """A name for this process that no other has: host, process number, chance."""
    return f"{_host()}/{os.getpid()}/{secrets.token_hex(4)}"


def _host() -> str:
    return socket.gethostname().replace("/", "-")[:18]


def _dead(owner: str, own: str) -> bool:
    """Whether an owner was a process of this machine that is no more; unsure counts as alive."""
    if owner == own:
        return False
    host, _, rest = owner.partition("/")
    number, _, _ = rest.partition("/")
    if host != _host() or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return True  # an earlier life with our number, as in a container
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def give_back(inbox: Inbox, owner: str, what: str, busy: Sequence[str]) -> None:
    """End the leases of this process on people with whom it isn't busy.

    They are left over where the database went away in the middle: the lease was committed, and nobody here knows.

    Args:
        inbox: the database.
        owner: this process.
        what: 'turn' or 'send'.
        busy: senders whose job is under way.
    """
    who, till = f"{what}_owner", f"{what}_until"
    table = channel_contacts.c
    with inbox.begin(lasting=False) as connection:
        ours = connection.execute(sa.select(table.sender).where(table[who] == owner)).scalars()
        left = sorted(set(ours) - set(busy))
        if left:
            connection.execute(
                sa.update(channel_contacts)
                .where(table.sender.in_(left), table[who] == owner)
                .values({who: None, till: None})
            )


def clear_dead(inbox: Inbox, own: str) -> int:
    """End the leases of dead processes of this machine at once; those of other machines run out by themselves.

    Returns:
        How many people's leases were ended.
    """
    cleared = 0
    pairs = (
        (channel_contacts, "turn_owner", "turn_until"),
        (channel_contacts, "send_owner", "send_until"),
        (channel_state, "owner", "until"),
    )
    with inbox.begin(lasting=False) as connection:
        for table, who, till in pairs:
            owners = connection.execute(sa.select(table.c[who]).where(table.c[who].isnot(None)).distinct()).scalars()
            for owner in [name for name in owners if _dead(name, own)]:
                done = connection.execute(sa.update(table).where(table.c[who] == owner).values({who: None, till: None}))
                cleared += done.rowcount
    return cleared
