"""The staff's log in the daily purge: it tells of sign-ins, and is kept as long as events of citizens are."""

from __future__ import annotations

from accounts import housekeeping
from accounts.database import open_accounts
from privacy.keepers import Keeper, Limits


def keeper() -> Keeper:
    """Lines of sign-ins and of changes of users; no citizen is in them, so nothing of a citizen is erased or told."""

    def drop(limit: Limits) -> int:
        accounts = open_accounts()
        try:
            return housekeeping.purge(accounts, limit.events)
        finally:
            accounts.engine.dispose()

    return Keeper("nhật ký của cán bộ", frozenset(), lambda _sender: 0, lambda _sender: {}, drop)
