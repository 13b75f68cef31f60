"""The review list: what changed under a value that staff wrote over."""

from __future__ import annotations

from starlette.responses import Response

from accounts.roles import Role
from knowledge.editing import review, service
from knowledge.editing.labels import FIELDS
from knowledge.editing.review import Origin
from web.console import editing_words as words
from web.console.pages import Pages, Tile
from web.console.paging import PAGE, offset_of, page_of
from web.console.procedures import actor_of
from web.console.visit import Visit

pages = Pages(Tile("/can-xem-lai", words.REVIEW, words.REVIEW_TEXT, Role.VIEWER))


@pages.get("/can-xem-lai", Role.VIEWER)
def waiting(visit: Visit) -> Response:
    """What waits, the newest first."""
    with visit.engine.connect() as connection:
        items = review.read_items(connection, limit=PAGE, offset=offset_of(visit))
        count = review.count_open(connection)
    return visit.page("review.html", page=page_of(visit, items, count), labels=FIELDS, Origin=Origin)


@pages.post("/can-xem-lai/{id:int}/giu", Role.REVIEWER)
def keep(visit: Visit) -> Response:
    """Staff's value stays."""
    with service.writing(visit.engine) as connection:
        review.keep(connection, visit.number("id"), actor=actor_of(visit), comment=visit.text("loi") or None)
    return visit.go("/can-xem-lai", words.KEPT)


@pages.post("/can-xem-lai/{id:int}/nhan", Role.REVIEWER)
def accept(visit: Visit) -> Response:
    """The new value counts."""
    with service.writing(visit.engine) as connection:
        review.accept(connection, visit.number("id"), actor=actor_of(visit), comment=visit.text("loi") or None)
    return visit.go("/can-xem-lai", words.ACCEPTED)
