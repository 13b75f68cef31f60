"""Conversations handed to a person: the queue, one thread, claim, reply, give back, close; canned answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from accounts.roles import Role
from desk import canned, conversations, waiting
from desk.citizen import State
from desk.database import Desk
from desk.errors import DeskError
from desk.hours import is_open, next_opening
from settings.desk import desk_settings
from storage.transactions import utcnow
from web.console import words
from web.console.pages import Pages, Tile
from web.console.paging import PAGE, offset_of, page_of
from web.console.visit import Visit

pages = Pages(Tile("/hoi-thoai", words.CONVERSATIONS, words.CONVERSATIONS_TEXT, Role.EDITOR))

_LONGEST_KEY = 64


def _desk(visit: Visit) -> Desk:
    desk: Desk = visit.request.app.state.handover.desk()
    return desk


def _show(visit: Visit, template: str, status: int = 200, **more: Any) -> Response:
    labels = {"channels": words.CHANNELS, "deliveries": words.DELIVERIES, "endings": words.ENDINGS}
    return visit.page(template, status=status, now=utcnow(), **labels, **more)


@pages.get("/hoi-thoai", Role.EDITOR)
def queue(visit: Visit) -> Response:
    """Who waits and who is talked with; whoever looks counts as being there."""
    desk, settings = _desk(visit), desk_settings()
    waiting.be_present(desk, visit.user.name)
    found = conversations.queue(desk)
    now = utcnow()
    return _show(
        visit,
        "conversations.html",
        queue=found,
        mine=[one for one in found.claimed if one.claimed_by == visit.user.name],
        others=[one for one in found.claimed if one.claimed_by != visit.user.name],
        open=is_open(now, settings),
        opens=next_opening(now, settings),
        usual=waiting.usual(desk),
        settings=settings,
    )


@pages.get("/hoi-thoai/da-xong", Role.EDITOR)
def closed(visit: Visit) -> Response:
    """Conversations that ended, for as long as their texts are kept."""
    desk = _desk(visit)
    rows = conversations.closed(desk, PAGE, offset_of(visit))
    count = conversations.numbers(desk, (State.CLOSED,))
    return _show(visit, "conversations_closed.html", page=page_of(visit, rows, count))


@pages.get("/hoi-thoai/{id:int}", Role.EDITOR)
def thread(visit: Visit) -> Response:
    """One conversation."""
    desk = _desk(visit)
    waiting.be_present(desk, visit.user.name)
    return _thread(visit, desk)


def _thread(visit: Visit, desk: Desk, fault: str = "", typed: str = "") -> Response:
    return _show(
        visit,
        "conversation.html",
        status=422 if fault else 200,
        thread=conversations.thread(desk, visit.number("id")),
        canned=canned.all_of(desk),
        key=secrets.token_hex(16),
        fault=fault,
        typed=typed,
        longest=conversations.LONGEST_REPLY,
    )


@pages.post("/hoi-thoai/{id:int}/nhan", Role.EDITOR)
def claim(visit: Visit) -> Response:
    """Take it up."""
    return _done(visit, conversations.claim, words.CLAIMED, stay=True)


@pages.post("/hoi-thoai/{id:int}/tra-lai", Role.EDITOR)
def give_back(visit: Visit) -> Response:
    """Put it back into the queue."""
    return _done(visit, conversations.give_back, words.GIVEN_BACK)


@pages.post("/hoi-thoai/{id:int}/ket-thuc", Role.EDITOR)
def close(visit: Visit) -> Response:
    """End it."""
    return _done(visit, conversations.close, words.CLOSED)


def _done(visit: Visit, deed: Callable[[Desk, int, str], None], told: str, *, stay: bool = False) -> Response:
    number = visit.number("id")
    try:
        deed(_desk(visit), number, visit.user.name)
    except DeskError as error:
        return visit.go("/hoi-thoai", str(error), bad=True)
    return visit.go(f"/hoi-thoai/{number}" if stay else "/hoi-thoai", told)


@pages.post("/hoi-thoai/{id:int}/tra-loi", Role.EDITOR)
def reply(visit: Visit) -> Response:
    """Write to the citizen: what was typed, or else the canned answer that was chosen."""
    desk, typed = _desk(visit), visit.text("noi_dung")
    chosen = next((one.text for one in canned.all_of(desk) if str(one.id) == visit.text("mau")), "")
    key = visit.text("khoa")[:_LONGEST_KEY] or secrets.token_hex(16)
    try:
        conversations.reply(desk, visit.number("id"), visit.user.name, typed or chosen, key)
    except DeskError as error:
        return _thread(visit, desk, str(error), typed)
    return visit.go(f"/hoi-thoai/{visit.number('id')}#cuoi")


@pages.get("/hoi-thoai/mau", Role.EDITOR)
def canned_answers(visit: Visit) -> Response:
    """The canned answers."""
    return _show(visit, "canned.html", canned=canned.all_of(_desk(visit)), fault="", typed=("", ""))


@pages.post("/hoi-thoai/mau", Role.EDITOR)
def save_canned(visit: Visit) -> Response:
    """Write a new canned answer, or change one."""
    title, text, number = visit.text("ten"), visit.text("noi_dung"), visit.text("so")
    desk = _desk(visit)
    try:
        which = int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else None
        canned.save(desk, title, text, visit.user.name, which)
    except DeskError as error:
        found = canned.all_of(desk)
        return _show(visit, "canned.html", status=422, canned=found, fault=str(error), typed=(title, text))
    return visit.go("/hoi-thoai/mau", words.CANNED_SAVED)


@pages.post("/hoi-thoai/mau/{id:int}/xoa", Role.EDITOR)
def drop_canned(visit: Visit) -> Response:
    """Delete a canned answer."""
    canned.drop(_desk(visit), visit.number("id"))
    return visit.go("/hoi-thoai/mau", words.CANNED_DROPPED)
