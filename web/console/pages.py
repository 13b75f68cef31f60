"""How a page of the console is declared: path, needed role, how much it takes in, its tile on the first page.

    pages = Pages(Tile("/thu-tuc", "Thủ tục", "Sửa nội dung, xem bản xem trước", Role.VIEWER))

    @pages.get("/thu-tuc/{code}", Role.VIEWER)
    def procedure(visit: Visit) -> Response:
        return visit.page("procedure.html", code=visit.path("code"))

    @pages.post("/thu-tuc/{code}", Role.EDITOR)
    def save(visit: Visit) -> Response:
        ...
        return visit.go("/thu-tuc", words.SAVED)

A handler may also be ``async``; others run in a thread, so they may look things up in the database as they are.
A page that declares no role can't be written: ``ANYONE`` has to be said.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Optional, Union

from starlette.responses import Response

from accounts.roles import Role
from web.console.visit import ROOT, Visit

__all__ = ["ANYONE", "ROOT", "Access", "Handler", "Page", "Pages", "Tile"]

Handler = Callable[[Visit], Union[Response, Awaitable[Response]]]


class Access(Enum):
    """Who may come without having signed in."""

    ANYONE = "anyone"


ANYONE = Access.ANYONE


@dataclass(frozen=True)
class Tile:
    """A way into a part of the console: on the first page and in the navigation.

    Attributes:
        path: below /quan-tri, such as '/thu-tuc'.
        title: one to three words.
        text: what one does there, in a sentence.
        needs: the role from which on it is shown.
    """

    path: str
    title: str
    text: str
    needs: Role


@dataclass(frozen=True)
class Page:
    """A declared page.

    Attributes:
        method: GET or POST.
        path: below /quan-tri, with Starlette's parameters.
        needs: the least role, or ``ANYONE``.
        handler: makes the answer.
        largest_body: bytes; None for the bound of all pages. More is only read once the role has been seen.
    """

    method: str
    path: str
    needs: Union[Role, Access]
    handler: Handler
    largest_body: Optional[int]


class Pages:
    """The pages of one part of the console."""

    def __init__(self, tile: Optional[Tile] = None) -> None:
        self.tile = tile
        self.declared: list[Page] = []

    def get(self, path: str, needs: Union[Role, Access]) -> Callable[[Handler], Handler]:
        """Declare a page that is looked at."""
        return self._declare("GET", path, needs, None)

    def post(
        self, path: str, needs: Union[Role, Access], *, largest_body: Optional[int] = None
    ) -> Callable[[Handler], Handler]:
        """Declare a form's target; who sends it has been checked, and that it was our own form."""
        return self._declare("POST", path, needs, largest_body)

    def _declare(
        self, method: str, path: str, needs: Union[Role, Access], largest_body: Optional[int]
    ) -> Callable[[Handler], Handler]:
        def keep(handler: Handler) -> Handler:
            self.declared.append(Page(method, path, needs, handler, largest_body))
            return handler

        return keep
