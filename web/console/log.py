"""The log of sign-ins, refusals and changes of users, for administrators."""

from __future__ import annotations

from starlette.responses import Response

from accounts.events import read_events
from accounts.roles import Role
from web.console import words
from web.console.pages import Pages, Tile
from web.console.paging import PAGE, offset_of, page_of
from web.console.visit import Visit

pages = Pages(Tile("/nhat-ky", words.LOG, words.LOG_TEXT, Role.ADMINISTRATOR))


@pages.get("/nhat-ky", Role.ADMINISTRATOR)
def log(visit: Visit) -> Response:
    """Newest first."""
    entries, count = read_events(visit.accounts, limit=PAGE, offset=offset_of(visit))
    return visit.page("log.html", page=page_of(visit, entries, count))
