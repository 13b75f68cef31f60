"""The first page: a tile for each part that one's role opens."""

from __future__ import annotations

from starlette.responses import Response

from accounts.roles import Role
from web.console.pages import Pages
from web.console.visit import Visit

pages = Pages()


@pages.get("", Role.VIEWER)
def home(visit: Visit) -> Response:
    """The tiles."""
    return visit.page("home.html")
