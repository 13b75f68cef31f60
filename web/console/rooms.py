"""All parts of the console, in the order of the navigation."""

from __future__ import annotations

import re

from starlette.routing import Route, compile_path

from web.console import (
    account,
    conversations,
    explanation,
    faqs,
    figures,
    guides,
    health,
    home,
    learning,
    log,
    procedure_form,
    procedures,
    review,
    settle,
    sign_in,
    users,
    workbooks,
)
from web.console.door import behind_the_door
from web.console.pages import Pages, Tile
from web.console.visit import ROOT

ROOMS: tuple[Pages, ...] = (
    home.pages,
    sign_in.pages,
    procedures.pages,
    procedure_form.pages,
    review.pages,
    guides.pages,
    faqs.pages,
    workbooks.pages,
    health.pages,
    explanation.pages,
    conversations.pages,
    settle.pages,
    learning.pages,
    figures.pages,
    users.pages,
    log.pages,
    account.pages,
)


def tiles() -> tuple[Tile, ...]:
    """The ways into the parts."""
    return tuple(room.tile for room in ROOMS if room.tile)


def routes() -> list[Route]:
    """The pages as Starlette wants them, each behind the door."""
    return [
        Route(f"{ROOT}{page.path}", behind_the_door(page, tiles()), methods=[page.method])
        for room in ROOMS
        for page in room.declared
    ]


def large_bodies() -> list[tuple[re.Pattern[str], int]]:
    """The pages that take more than others, for ``BodyLimit``."""
    return [
        (compile_path(f"{ROOT}{page.path}")[0], page.largest_body)
        for room in ROOMS
        for page in room.declared
        if page.largest_body
    ]
