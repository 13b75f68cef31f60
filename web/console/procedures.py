"""Procedures for staff: the list, one procedure with its steps, its history."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from enum import Enum
from typing import Optional, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine
from starlette.responses import Response

from accounts.roles import Role
from analytics.procedure_use import Use, procedure_use
from knowledge import wording
from knowledge.editing import reading, review, service
from knowledge.editing.differences import differences
from knowledge.editing.history import history as history_of
from knowledge.editing.labels import FIELDS
from knowledge.editing.listing import Order, Wanted, list_procedures
from knowledge.editing.model import Actor, EditConflict, State, Work
from knowledge.layer import Group, Level, is_key
from settings import VIETNAM, today
from web.console import editing_words as words
from web.console import procedure_preview as shown
from web.console.pages import Pages, Tile
from web.console.paging import PAGE, offset_of, page_of, paged
from web.console.visit import Visit
from web.turn_log import turn_log

pages = Pages(Tile("/thu-tuc", words.PROCEDURES, words.PROCEDURES_TEXT, Role.VIEWER))
_Choice = TypeVar("_Choice", bound=Enum)
CODE = "/thu-tuc/{code}"
USE_DAYS = 90
"""Days back for which use and ratings are counted."""
_USE_KEPT = 60.0
"""Seconds for which a count is shown again: it looks at all turns of these days."""
_USE: WeakKeyDictionary[Engine, tuple[float, Use]] = WeakKeyDictionary()


def actor_of(visit: Visit) -> Actor:
    """Whoever has signed in, as the editing knows them."""
    return Actor(visit.user.name, may_edit=visit.may(Role.EDITOR), may_publish=visit.may(Role.REVIEWER))


def work_of(visit: Visit) -> Work:
    """Everything of the procedure that the path names."""
    with visit.engine.connect() as connection:
        return reading.read_work(connection, visit.path("code"))


def missing(visit: Visit) -> Response:
    """There is no such procedure."""
    return visit.page("refused.html", status=404, text=words.NO_SUCH)


def _choice(kind: type[_Choice], given: str) -> Optional[_Choice]:
    return next((item for item in kind if item.value == given), None)


def _day(given: str) -> Optional[dt.date]:
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        return None


def recent_use(visit: Visit) -> Use:
    """What was asked and rated lately; counted at most once a minute."""
    kept = _USE.get(visit.engine)
    if kept is None or time.monotonic() - kept[0] > _USE_KEPT:
        since = dt.datetime.now(VIETNAM).date() - dt.timedelta(days=USE_DAYS)
        kept = _USE[visit.engine] = (time.monotonic(), procedure_use(turn_log(visit.engine), since))
    return kept[1]


@pages.get("/thu-tuc", Role.VIEWER)
def listing(visit: Visit) -> Response:
    """The list with its filters."""
    wanted = Wanted(
        words=visit.query("tu")[:200],
        group=_choice(Group, visit.query("nhom")),
        level=_choice(Level, visit.query("cap")),
        state=_choice(State, visit.query("trang-thai")),
        checked_before=_day(visit.query("kiem-truoc")),
        order=_choice(Order, visit.query("xep")) or Order.NAME,
    )
    by_use = visit.query("xep") if visit.query("xep") in words.BY_USE else ""
    use = recent_use(visit) if by_use else None
    with visit.engine.connect() as connection:
        if use is not None:
            counts = use.asked if by_use == "dung" else use.bad
            every, _ = list_procedures(connection, replace(wanted, codes=tuple(counts)), limit=len(counts))
            page = paged(visit, sorted(every, key=lambda row: (-counts[row.code], row.name)))
        else:
            rows, count = list_procedures(connection, wanted, limit=PAGE, offset=offset_of(visit))
            page = page_of(visit, rows, count)
        waiting = review.count_open(connection)
    return visit.page(
        "procedures.html", page=page, wanted=wanted, waiting=waiting, states=words.STATES, use=use, by_use=by_use,
        orders={**words.ORDERS, **words.BY_USE}, groups=wording.GROUPS, levels=wording.LEVELS,
    )  # fmt: skip


@pages.get("/thu-tuc/moi", Role.EDITOR)
def new(visit: Visit) -> Response:
    """Begin with a code; the form comes next."""
    code = visit.query("ma")
    if not is_key(code):
        fault = words.BAD_CODE if code else ""
        return visit.page("procedure_new.html", status=422 if fault else 200, code=code, fault=fault)
    return visit.go(f"/thu-tuc/{code}/sua")


@pages.get(CODE, Role.VIEWER)
def procedure(visit: Visit) -> Response:
    """One procedure: its state, both layers side by side, what the draft changes, the answer to citizens."""
    work = work_of(visit)
    if work.live is None and work.draft is None:
        return missing(visit)
    return _one(visit, work)


def _one(visit: Visit, work: Work, *, status: int = 200, fault: str = "", typed: str = "") -> Response:
    aspect = shown.aspect_of(visit.query("hoi"))
    with visit.engine.connect() as connection:
        told = shown.told(connection, work, work.payload)
        items = review.read_items(connection, code=work.code)
    payload = work.payload
    sides = [
        (label, *(_in_words(name, layer) for layer in (work.official, work.editorial)))
        for name, label in FIELDS.items()
        if any(layer and layer.get(name) for layer in (work.official, work.editorial))
    ]
    return visit.page(
        "procedure.html", status=status, work=work, name=payload.get("name") or (work.official or {}).get("name"),
        states=words.STATES, State=State, sides=sides, aspects=shown.aspects(), aspect=aspect,
        preview=shown.preview(told, aspect, today()) if told else None, faults=service.faults_of(work, payload),
        changes=differences(work.editorial or {}, payload) if work.draft else [], items=items, fault=fault, typed=typed,
    )  # fmt: skip


def _in_words(name: str, layer: Optional[dict[str, object]]) -> list[str]:
    """A field of a layer in lines."""
    if not layer or not layer.get(name):
        return []
    return [each.new or "" for each in differences({}, {name: layer[name]})]


@pages.get(f"{CODE}/lich-su", Role.VIEWER)
def history(visit: Visit) -> Response:
    """Who changed what, when and why."""
    work = work_of(visit)
    with visit.engine.connect() as connection:
        entries = history_of(connection, work.code)
    if not entries and work.draft is None:
        return missing(visit)
    return visit.page("procedure_history.html", work=work, entries=entries)


@pages.post(f"{CODE}/khoi-phuc", Role.EDITOR)
def restore(visit: Visit) -> Response:
    """Take an earlier version as the draft."""
    work = work_of(visit)
    with service.writing(visit.engine) as connection:
        service.restore(connection, work.code, visit.count("ban"), base=work.base, actor=actor_of(visit))
    return visit.go(f"/thu-tuc/{work.code}", words.RESTORED)


def _step(visit: Visit, told: str) -> Response:
    return visit.go(f"/thu-tuc/{visit.path('code')}", told)


def _stopped(visit: Visit, error: EditConflict) -> Response:
    """Whoever looked at an older version looks again; where the draft must be joined, the form does it."""
    work = work_of(visit)
    if work.outdated and visit.may(Role.EDITOR):
        return visit.go(f"/thu-tuc/{work.code}/sua?ghep=1", str(error), bad=True)
    return visit.go(f"/thu-tuc/{work.code}", str(error), bad=True)


@pages.post(f"{CODE}/gui-duyet", Role.EDITOR)
def submit(visit: Visit) -> Response:
    """Hand the draft in."""
    try:
        with service.writing(visit.engine) as connection:
            service.submit(
                connection, visit.path("code"), version=visit.count("ban_nhap"), actor=actor_of(visit),
                comment=visit.text("loi") or None,
            )  # fmt: skip
    except EditConflict as error:
        return _stopped(visit, error)
    return _step(visit, words.SUBMITTED)


@pages.post(f"{CODE}/tra-lai", Role.REVIEWER)
def send_back(visit: Visit) -> Response:
    """Give the draft back."""
    try:
        with service.writing(visit.engine) as connection:
            service.send_back(
                connection,
                visit.path("code"),
                version=visit.count("ban_nhap"),
                actor=actor_of(visit),
                comment=visit.text("loi"),
            )
    except EditConflict as error:
        return _stopped(visit, error)
    return _step(visit, words.SENT_BACK)


@pages.post(f"{CODE}/cong-bo", Role.REVIEWER)
def publish(visit: Visit) -> Response:
    """Publish the draft."""
    try:
        with service.writing(visit.engine) as connection:
            service.publish(
                connection, visit.path("code"), version=visit.count("ban_nhap"), actor=actor_of(visit),
                comment=visit.text("loi") or None,
            )  # fmt: skip
    except EditConflict as error:
        return _stopped(visit, error)
    return _step(visit, words.PUBLISHED)


@pages.post(f"{CODE}/bo-nhap", Role.EDITOR)
def discard(visit: Visit) -> Response:
    """Throw the draft away."""
    code = visit.path("code")
    try:
        with service.writing(visit.engine) as connection:
            service.discard(connection, code, version=visit.count("ban_nhap"), actor=actor_of(visit))
    except EditConflict as error:
        return _stopped(visit, error)
    return visit.go(f"/thu-tuc/{code}" if work_of(visit).live else "/thu-tuc", words.DISCARDED)


@pages.post(f"{CODE}/thoi-ap-dung", Role.REVIEWER)
def retire(visit: Visit) -> Response:
    """Take it out of the answers."""
    with service.writing(visit.engine) as connection:
        service.retire(connection, visit.path("code"), actor=actor_of(visit), comment=visit.text("loi"))
    return _step(visit, words.RETIRED)


@pages.post(f"{CODE}/ap-dung-lai", Role.REVIEWER)
def reinstate(visit: Visit) -> Response:
    """Bring it back."""
    with service.writing(visit.engine) as connection:
        service.reinstate(connection, visit.path("code"), actor=actor_of(visit), comment=visit.text("loi") or None)
    return _step(visit, words.REINSTATED)
