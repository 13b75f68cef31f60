"""Content health: what staff should look at before somebody is told something old."""

from __future__ import annotations

import datetime as dt
import threading
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.engine import Engine
from starlette.background import BackgroundTask
from starlette.responses import Response

from accounts.roles import Role
from analytics.tables import turns
from knowledge import store
from knowledge.health import Finding, Trouble, find
from knowledge.links import check_links
from settings import VIETNAM, link_hosts
from web.console import exchange_words as words
from web.console.pages import Pages, Tile
from web.console.paging import paged
from web.console.visit import Visit
from web.turn_log import turn_log

PATH = "/suc-khoe"
ASKED_WITHIN = 90
"""Days in which somebody should have asked."""
_FRESH = 600
"""Seconds for which questions asked meanwhile may be missed."""
_KEPT: WeakKeyDictionary[Engine, tuple[tuple[int, int], dict[Trouble, list[Finding]]]] = WeakKeyDictionary()
_TRYING = threading.Lock()

pages = Pages(Tile(PATH, words.HEALTH, words.HEALTH_TEXT, Role.VIEWER))


@pages.get(PATH, Role.VIEWER)
def health(visit: Visit) -> Response:
    """One kind of trouble at a time, with how many there are of each."""
    found = _found(visit)
    chosen = next((trouble for trouble in Trouble if trouble.value == visit.query("loai")), None)
    if chosen is None:
        chosen = next((trouble for trouble in Trouble if found[trouble]), Trouble.GAP)
    title, text = words.TROUBLES[chosen]
    response = visit.page(
        "health.html", counts={trouble: len(items) for trouble, items in found.items()}, chosen=chosen, title=title,
        text=text.format(days=ASKED_WITHIN), page=paged(visit, found[chosen]),
        titles={trouble: told for trouble, (told, _) in words.TROUBLES.items()},
    )  # fmt: skip
    if hosts := link_hosts():
        response.background = BackgroundTask(_try_links, visit.engine, hosts)
    return response


def _try_links(engine: Engine, hosts: tuple[str, ...]) -> None:
    """After the page was sent: one round at a time, however often it is opened."""
    if _TRYING.acquire(blocking=False):
        try:
            if check_links(engine, hosts):
                _KEPT.pop(engine, None)
        finally:
            _TRYING.release()


def _found(visit: Visit) -> dict[Trouble, list[Finding]]:
    """Everything that was found, looked for anew when the knowledge has changed and every ten minutes."""
    now = dt.datetime.now(VIETNAM)
    with visit.engine.connect() as connection:
        state = (store.read_counter(connection, store.KNOWLEDGE), int(now.timestamp() // _FRESH))
        kept = _KEPT.get(visit.engine)
        if kept is not None and kept[0] == state:
            return kept[1]
        asked = _asked(visit, now.date())
        found = {trouble: find(connection, trouble, now.date(), asked) for trouble in Trouble}
    _KEPT[visit.engine] = (state, found)
    return found


def _asked(visit: Visit, today: dt.date) -> set[str]:
    """Codes of procedures that were found for somebody lately."""
    query = select(turns.c.procedure).where(turns.c.day > today - dt.timedelta(days=ASKED_WITHIN)).distinct()
    with turn_log(visit.engine).connect() as connection:
        return {code for code in connection.execute(query).scalars() if code}
