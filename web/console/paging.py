"""A long list in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from web.console.visit import Visit

PAGE = 50
"""Rows of a page."""
T = TypeVar("T")


@dataclass(frozen=True)
class Paged(Generic[T]):
    """One page of a list.

    Attributes:
        rows: what is on it.
        count: rows of the whole list.
        number: of the page, from 1.
        pages: how many there are.
        path: the list's path with what was asked for, to which a page's number is added.
    """

    rows: Sequence[T]
    count: int
    number: int
    pages: int
    path: str

    def address(self, number: int) -> str:
        """The address of another page."""
        return f"{self.path}trang={number}"


def asked_page(visit: Visit) -> int:
    """The number of the page that is asked for, from 1; 1 where it can't be read."""
    given = visit.query("trang")
    return max(1, int(given)) if given.isascii() and given.isdecimal() and len(given) < 7 else 1


def offset_of(visit: Visit) -> int:
    """How many rows lie before the page that is asked for."""
    return (asked_page(visit) - 1) * PAGE


def page_of(visit: Visit, rows: Sequence[T], count: int) -> Paged[T]:
    """A page whose rows were read by themselves (``LIMIT PAGE OFFSET offset_of(visit)``).

    Args:
        visit: the request.
        rows: of this page.
        count: of the whole list.
    """
    others = [(name, value) for name, value in visit.request.query_params.multi_items() if name != "trang"]
    path = f"{visit.request.url.path}?" + (f"{urlencode(others)}&" if others else "")
    return Paged(rows, count, asked_page(visit), max(1, -(-count // PAGE)), path)


def paged(visit: Visit, everything: Sequence[T]) -> Paged[T]:
    """The page that is asked for, of a list that is there as a whole."""
    start = offset_of(visit)
    return page_of(visit, everything[start : start + PAGE], len(everything))
