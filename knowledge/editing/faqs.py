"""General questions as staff write them, over those that come with the software, in steps, with history.

Every step is a row that is never changed, so the rows are the history, and whoever writes says which row they began
from. What is published counts until it is retired or given back to the file; drafts are seen by staff only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Optional

from pydantic import ValidationError
from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.content import FOLDER
from knowledge.editing.differences import Difference
from knowledge.editing.model import Actor, Payload
from knowledge.editing.texts import known_of
from knowledge.errors import EditRefused
from knowledge.faqs import FAQS, Faq, faults_of, read_faqs
from knowledge.faults import told
from vietnamese.fold import fold
from vietnamese.understand import folded_words

LABELS: Final = {
    "question": "Câu hỏi",
    "answer": "Câu trả lời",
    "ask": "Cách hỏi khác",
    "codes": "Thủ tục liên quan",
    "source.name": "Nguồn",
    "source.url": "Địa chỉ nguồn",
    "source.dated": "Ngày của nguồn",
    "source.checked": "Ngày đối chiếu",
}
"""What the parts are called on the form and in differences, in the form's order."""
_LONGEST_NAME = 60
_WIDEST_NAME = 80
"""The same with a number behind it, and what the tables hold."""
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Step(str, Enum):
    """What was done with a question."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    DROPPED = "dropped"
    """The draft was thrown away."""
    PUBLISHED = "published"
    RETIRED = "retired"
    SHIPPED = "shipped"
    """Back to what comes with the software."""


_OF_DRAFTS = (Step.DRAFT, Step.IN_REVIEW)
_LIVE = (Step.PUBLISHED, Step.RETIRED, Step.SHIPPED)


@dataclass(frozen=True)
class Row:
    """One step: see ``knowledge.tables.faq_steps``."""

    number: int
    name: str
    state: Step
    payload: Payload
    actor: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True)
class FaqWork:
    """A question with all that staff need of it.

    Attributes:
        name: its name.
        shipped: as it comes with the software; None for one of the staff's own.
        live: as citizens get it; None for one that is retired, or was never published.
        retired: staff took it out.
        draft: what is being worked on.
        base: number of its newest step; 0 for none. A writer says it, so that nothing is overwritten unseen.
    """

    name: str
    shipped: Optional[Payload]
    live: Optional[Payload]
    retired: bool
    draft: Optional[Row]
    base: int

    @property
    def payload(self) -> Payload:
        """What the form begins with."""
        return (self.draft.payload if self.draft else None) or self.live or self.shipped or {}

    @property
    def staffs(self) -> bool:
        """Say whether what counts is the staff's."""
        return self.retired or (self.live is not None and self.live != self.shipped)


def payload_of(faq: Faq) -> Payload:
    """A question as plain JSON."""
    made = faq.dict()
    made["source"] = {key: str(value) if value is not None else "" for key, value in made["source"].items()}
    return made


def is_name(text: str) -> bool:
    """Say whether a text can be a name of what staff write: words without diacritics, joined by hyphens."""
    return len(text) <= _WIDEST_NAME and _NAME.fullmatch(text) is not None


def new_name(question: str, taken: Sequence[str] = ()) -> str:
    """A name for a new question, out of its words."""
    base = re.sub(r"[^a-z0-9]+", "-", fold(question.lower())).strip("-")[:_LONGEST_NAME].strip("-") or "cau-hoi"
    name, at = base, 2
    while name in taken:
        name, at = f"{base}-{at}", at + 1
    return name


def steps(connection: Connection, name: Optional[str] = None) -> list[Row]:
    """All steps, or those of one question, the newest first."""
    query = select(t.faq_steps).order_by(t.faq_steps.c.number.desc())
    if name is not None:
        query = query.where(t.faq_steps.c.name == name)
    return [
        Row(row.number, row.name, Step(row.state), row.payload, row.actor, row.at, row.reason or "")
        for row in connection.execute(query)
    ]


def last_step(connection: Connection) -> int:
    """Number of the newest step of all; 0 for none."""
    return int(connection.execute(select(func.max(t.faq_steps.c.number))).scalar() or 0)


def read_all(connection: Connection, folder: Path = FOLDER) -> list[FaqWork]:
    """Every question, those of the files first, in their order."""
    shipped = shipped_faqs(folder)
    rows: dict[str, list[Row]] = {}
    for row in steps(connection):
        rows.setdefault(row.name, []).append(row)
    names = [*shipped, *(name for name in rows if name not in shipped)]
    works = [_work(name, shipped.get(name), rows.get(name, [])) for name in names]
    # A draft of a new question that was thrown away leaves nothing to be seen.
    return [work for work in works if work.shipped or work.live or work.draft or work.retired]


def read_faq(connection: Connection, name: str, folder: Path = FOLDER) -> Optional[FaqWork]:
    """One question; None for an unknown name."""
    return next((work for work in read_all(connection, folder) if work.name == name), None)


def shipped_faqs(folder: Path = FOLDER) -> Mapping[str, Payload]:
    """Those that come with the software, by name; read anew where a file has changed."""
    return _read_shipped(
        folder, tuple((path, path.stat().st_mtime_ns) for path in sorted((folder / FAQS).glob("*.yml")))
    )


@lru_cache(maxsize=2)
def _read_shipped(folder: Path, _files: tuple[tuple[Path, int], ...]) -> Mapping[str, Payload]:
    return {faq.name: payload_of(faq) for faq in read_faqs(folder=folder).faqs}


def _work(name: str, shipped: Optional[Payload], rows: Sequence[Row]) -> FaqWork:
    newest = rows[0] if rows else None
    counts = next((row for row in rows if row.state in _LIVE), None)
    retired = counts is not None and counts.state is Step.RETIRED
    own = counts.payload if counts is not None and counts.state is Step.PUBLISHED else None
    return FaqWork(
        name, shipped, None if retired else own or shipped, retired,
        newest if newest is not None and newest.state in _OF_DRAFTS else None, newest.number if newest else 0,
    )  # fmt: skip


def faqs_in_force(connection: Connection, folder: Path = FOLDER) -> tuple[Faq, ...]:
    """What citizens get: the staff's before those of the files."""
    found = []
    for work in read_all(connection, folder):
        faq = read(work.name, work.live)[0] if work.live is not None else None
        if faq is not None:
            found.append(faq)
    return tuple(found)


def read(name: str, payload: Payload) -> tuple[Optional[Faq], list[str]]:
    """Read a payload; the faults are for people, each with its part."""
    try:
        given = {**payload, "name": name, "source": {k: v or None for k, v in (payload.get("source") or {}).items()}}
        return Faq.parse_obj(given), []
    except ValidationError as error:
        return None, [f"{_label(fault['loc'])}: {told(fault)}" for fault in error.errors()]


def _label(place: Sequence[Any]) -> str:
    whole = ".".join(str(part) for part in place if not isinstance(part, int))
    return LABELS.get(whole) or LABELS.get(f"{whole}.name") or LABELS.get(str(place[0]), whole)


def faults(connection: Connection, name: str, payload: Payload, folder: Path = FOLDER) -> list[str]:
    """What keeps a question from being published, for people: the rules of ``motcua check``."""
    faq, found = read(name, payload)
    if faq is None:
        return found
    found = faults_of(faq, known_of(connection))
    others = [other for other in faqs_in_force(connection, folder) if other.name != name]
    asked = {" ".join(folded_words(way)): other for other in others for way in (other.question, *other.ask)}
    for way in (faq.question, *faq.ask):
        if (other := asked.get(" ".join(folded_words(way)))) is not None:
            found.append(f"{LABELS['ask']}: “{way}” đã có ở câu “{other.question}”")
    return found


def differences(old: Payload, new: Payload) -> list[Difference]:
    """Everything that differs, in the order of the form."""
    pairs = [(name, label, _said(old, name), _said(new, name)) for name, label in LABELS.items()]
    return [Difference(name, label, before, after) for name, label, before, after in pairs if before != after]


def _said(payload: Payload, name: str) -> Optional[str]:
    value: Any = payload
    for part in name.split("."):
        value = (value or {}).get(part)
    return ("\n".join(value) if isinstance(value, list) else value) or None


def save_draft(
    connection: Connection, name: str, payload: Payload, *, base: int, actor: Actor, reason: str = ""
) -> None:
    """Save a draft; citizens see nothing of it.

    Raises:
        EditRefused: the actor may not, or somebody else wrote meanwhile.
    """
    _must(actor.may_edit, "Bạn chỉ có quyền xem, chưa có quyền sửa câu hỏi chung.")
    _check_base(connection, name, base)
    _write(connection, name, Step.DRAFT, payload, actor, reason)


def move(connection: Connection, name: str, to: Step, *, base: int, actor: Actor, reason: str = "") -> None:
    """Take a draft, or what counts, a step on.

    Args:
        connection: in a transaction.
        name: of the question.
        to: in review, draft (given back), dropped; published; retired, shipped (back to the file).
        base: number of the newest step that the actor saw.
        actor: who does it.
        reason: a word on it; needed for giving back and retiring.

    Raises:
        EditRefused: the actor may not, it isn't in a state for it, it has mistakes, or somebody was there before.
    """
    _must(actor.may_edit, "Bạn chỉ có quyền xem, chưa có quyền sửa câu hỏi chung.")
    work = read_faq(connection, name)
    if work is None:
        raise EditRefused("Không có câu hỏi chung này.")
    _check_base(connection, name, base)
    if to in _OF_DRAFTS or to in (Step.DROPPED, Step.PUBLISHED):
        if work.draft is None:
            raise EditRefused("Không có bản nháp nào của câu này.")
        if to is Step.DRAFT:
            _must(actor.may_publish, "Chỉ người duyệt mới trả lại được bản nháp.")
            _must(bool(reason), "Hãy ghi lý do trả lại, để người soạn biết cần sửa gì.")
            _must(work.draft.state is Step.IN_REVIEW, "Bản nháp này không ở trạng thái chờ duyệt.")
        if to in (Step.IN_REVIEW, Step.PUBLISHED):
            _must(to is Step.IN_REVIEW or actor.may_publish, "Chỉ người duyệt mới công bố được.")
            found = faults(connection, name, work.draft.payload)
            _must(not found, "Chưa gửi hay công bố được. " + ". ".join(found[:3]))
        payload = work.draft.payload
    else:
        _must(actor.may_publish, "Chỉ người duyệt mới cho thôi dùng hoặc dùng lại bản đi kèm.")
        _must(to is not Step.RETIRED or bool(reason), "Hãy ghi lý do thôi dùng.")
        _must(to is not Step.RETIRED or work.live is not None, "Câu này không còn được dùng.")
        _must(to is not Step.SHIPPED or work.shipped is not None, "Câu này không có bản đi kèm phần mềm.")
        _must(work.draft is None, "Câu này đang có bản nháp: hãy công bố hoặc bỏ bản nháp trước.")
        payload = work.payload
    _write(connection, name, to, payload, actor, reason)
    if to in _LIVE:
        store.grow(connection, store.KNOWLEDGE)


def _check_base(connection: Connection, name: str, base: int) -> None:
    newest = next(iter(steps(connection, name)), None)
    if (newest.number if newest else 0) != base:
        who = newest.actor if newest else "Người khác"
        raise EditRefused(
            f"{who} đã sửa câu này trong lúc bạn đang xem. Chưa có gì bị ghi đè: bạn mở lại trang, xem phần lịch sử "
            "rồi làm lại."
        )


def _write(connection: Connection, name: str, state: Step, payload: Payload, actor: Actor, reason: str) -> None:
    connection.execute(
        insert(t.faq_steps).values(
            name=name, state=state.value, payload=payload, actor=actor.name, at=store.now(), reason=reason or None
        )
    )


def _must(fine: bool, why: str) -> None:
    if not fine:
        raise EditRefused(why)
