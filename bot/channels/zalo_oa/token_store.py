"""Where Zalo's tokens are kept: one row an account, and a lease so that one process renews at a time.

A refresh token works once. Whoever holds the lease writes down that it is
about to use the token, uses it, and commits the new pair before anybody sees
it. A process that dies in between leaves the row 'trying', and the next one
knows that the token may be spent.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.inbox.database import Inbox
from bot.channels.zalo_oa.oauth import Pair
from bot.channels.zalo_oa.tables import zalo_tokens


class State(str, enum.Enum):
    """What is known of the stored refresh token."""

    GOOD = "good"
    TRYING = "trying"
    """It is being used, or a process died while using it."""
    UNCERTAIN = "uncertain"
    """It was used and no answer came: it may be spent."""
    SPENT = "spent"
    """Zalo refused it: an administrator has to give consent anew."""


@dataclass(frozen=True)
class Stored:
    """The row of an account; times in seconds since 1970."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: float
    renewed_at: float
    state: State
    lease_until: float


def read(connection: Connection, account: str) -> Optional[Stored]:
    """The stored tokens, None where there are none."""
    row = connection.execute(sa.select(zalo_tokens).where(zalo_tokens.c.account == account)).first()
    if row is None:
        return None
    return Stored(
        row.access_token, row.refresh_token, row.expires_at, row.renewed_at, State(row.state), row.lease_until or 0.0
    )


def seed(inbox: Inbox, account: str, pair: Pair, now: float) -> None:
    """Keep a first pair where nothing is stored; what is stored wins over the environment, which grows stale."""
    with inbox.begin() as connection:
        if read(connection, account) is None:
            _insert(connection, account, pair, now)


def replace(inbox: Inbox, account: str, pair: Pair, now: float) -> None:
    """Keep a pair that an administrator's consent gave, whatever is stored."""
    with inbox.begin() as connection:
        connection.execute(sa.delete(zalo_tokens).where(zalo_tokens.c.account == account))
        _insert(connection, account, pair, now)


def _insert(connection: Connection, account: str, pair: Pair, now: float) -> None:
    connection.execute(
        sa.insert(zalo_tokens).values(
            account=account,
            access_token=pair.access,
            refresh_token=pair.refresh,
            expires_at=now + pair.lives if pair.access else 0.0,
            renewed_at=now if pair.access else 0.0,
            state=State.GOOD.value,
            lease_owner=None,
            lease_until=0.0,
        )
    )


def lease(inbox: Inbox, account: str, refresh: str, owner: str, now: float, until: float) -> bool:
    """Take the right to use this refresh token; False where another has it or the token has moved on."""
    with inbox.begin() as connection:
        taken = connection.execute(
            sa.update(zalo_tokens)
            .where(
                zalo_tokens.c.account == account,
                zalo_tokens.c.refresh_token == refresh,
                zalo_tokens.c.state != State.SPENT.value,
                zalo_tokens.c.lease_until < now,
            )
            .values(lease_owner=owner, lease_until=until, state=State.TRYING.value)
        )
    return bool(taken.rowcount == 1)


def settle(inbox: Inbox, account: str, owner: str, state: State, hold_until: float = 0.0) -> None:
    """Give the lease back without a new pair; nobody tries again before ``hold_until``."""
    with inbox.begin() as connection:
        connection.execute(
            sa.update(zalo_tokens)
            .where(zalo_tokens.c.account == account, zalo_tokens.c.lease_owner == owner)
            .values(lease_owner=None, lease_until=hold_until, state=state.value)
        )


def keep(inbox: Inbox, account: str, refresh: str, pair: Pair, now: float) -> bool:
    """Commit the pair that a refresh token was exchanged for; False where the row has moved on meanwhile.

    The old token decides, not the lease: a holder who was slow still brings the only pair that works.
    """
    with inbox.begin() as connection:
        kept = connection.execute(
            sa.update(zalo_tokens)
            .where(zalo_tokens.c.account == account, zalo_tokens.c.refresh_token == refresh)
            .values(
                access_token=pair.access,
                refresh_token=pair.refresh,
                expires_at=now + pair.lives,
                renewed_at=now,
                state=State.GOOD.value,
                lease_owner=None,
                lease_until=0.0,
            )
        )
    return bool(kept.rowcount == 1)
