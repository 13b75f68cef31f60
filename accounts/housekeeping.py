"""What of the staff's log is past its time goes."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from accounts.database import Accounts
from accounts.tables import account_events


def purge(accounts: Accounts, before: dt.datetime) -> int:
    """Delete lines of the log of sign-ins and changes of users; how many went.

    Args:
        accounts: the accounts.
        before: UTC without a zone; older lines go.
    """
    with accounts.write() as connection:
        return int(connection.execute(sa.delete(account_events).where(account_events.c.at < before)).rowcount)
