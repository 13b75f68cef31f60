"""How often links to the portal were opened: numbers by day, channel and procedure, and nothing of who opened them.

A link carries the channel's name and a token that is another one every day (actions/portal_links.py). The token is
kept for the day, so that a second tap isn't counted again, and then deleted; it can't be joined with the turn log.
"""

from __future__ import annotations

import datetime as dt
import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from analytics import tables as t
from analytics.log import insert_new

_MARK = re.compile(r"(?P<channel>[a-z_]{1,20})-(?P<token>[0-9a-f]{12})")
_MACHINE = re.compile(r"bot\b|crawl|spider|preview|externalhit|monitor", re.IGNORECASE)
_BUMP = sa.text(
    "INSERT INTO analytics_link_days (day, channel, code, opened) VALUES (:day, :channel, :code, 1) "
    "ON CONFLICT (day, channel, code) DO UPDATE SET opened = analytics_link_days.opened + 1"
).bindparams(sa.bindparam("day", type_=sa.Date()))
ANYTHING = ""
"""The code that counts each person once a day, whatever they opened."""


def is_machine(agent: str) -> bool:
    """Say whether a user agent is a program that looks at links by itself, as chat platforms do for previews."""
    return bool(_MACHINE.search(agent)) or not agent


def count_opened(engine: Engine, code: str, mark: str, day: dt.date) -> bool:
    """Count that a link was opened.

    Args:
        engine: the turn log's database.
        code: the procedure whose page was opened.
        mark: what the link carries; a link without a mark of ours isn't counted.
        day: in Vietnam.

    Returns:
        Whether it was counted: the first time today for this token and procedure.
    """
    match = _MARK.fullmatch(mark)
    if match is None:
        return False
    channel, token = match.group("channel"), match.group("token")
    with engine.begin() as connection:
        new = _count(connection, day, channel, token, code)
        if new:
            _count(connection, day, channel, token, ANYTHING)
    return new


def _count(connection: Connection, day: dt.date, channel: str, token: str, code: str) -> bool:
    if not insert_new(connection, t.link_marks, {"day": day, "token": token, "code": code}):
        return False
    connection.execute(_BUMP, {"day": day, "channel": channel, "code": code})
    return True
