"""The review list: values that staff have written over and that changed underneath.

Two things change underneath: what the portal says (a new import of the
official layer) and the texts that come with the software (a new release).
What staff wrote stays in force until one of them has looked at it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.editing import reading, service
from knowledge.editing.differences import Difference, differences
from knowledge.editing.model import Actor, Payload, State
from knowledge.errors import EditRefused

_NOT_COMPARED = frozenset({"code", "sources"})
"""A source's day of checking changes with every import; the facts that hang on it are compared themselves."""


class Origin(str, Enum):
    """Where a value changed."""

    OFFICIAL = "official"
    CONTENT = "content"


class ItemState(str, Enum):
    """What became of an entry of the review list."""

    OPEN = "open"
    KEPT = "kept"
    ACCEPTED = "accepted"
    OUTDATED = "outdated"


@dataclass(frozen=True)
class Item:
    """An entry of the review list.

    Attributes:
        id: its number.
        code: the procedure.
        origin: the portal, or the texts that come with the software.
        field: the layer's field.
        old: the value before; None for none.
        new: the value now; None where it's gone.
        raised_at: when the change came in, UTC.
        state: open or settled.
        staff: what staff's layer says now; None for nothing.
    """

    id: int
    code: str
    origin: Origin
    field: str
    old: Any
    new: Any
    raised_at: dt.datetime
    state: ItemState
    staff: Any

    @property
    def change(self) -> list[Difference]:
        """What changed underneath, in words."""
        return differences(_payload(self.field, self.old), _payload(self.field, self.new))

    @property
    def against_staff(self) -> list[Difference]:
        """What would change in staff's text if the new value were taken, in words."""
        return differences(_payload(self.field, self.staff), _payload(self.field, self.new))


def _payload(field: str, value: Any) -> dict[str, Any]:
    return {} if value is None else {field: value}


def raise_items(
    connection: Connection,
    origin: Origin,
    changes: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]],
    staff: Mapping[str, Mapping[str, Any]],
) -> int:
    """Put on the list what changed under a value of staff's own; returns how many entries that made.

    Args:
        connection: in a transaction.
        origin: where it changed.
        changes: payloads before and after, by code.
        staff: the editorial layers by code.
    """
    wanted = [
        (code, field, before.get(field), after.get(field))
        for code, (before, after) in changes.items()
        for field in sorted({*before, *after} - _NOT_COMPARED)
        if before.get(field) != after.get(field) and staff.get(code, {}).get(field) not in (None, after.get(field))
    ]
    _outdate(connection, origin, {code: after for code, (_, after) in changes.items()})
    known = _known(connection, origin, {code for code, *_ in wanted})
    at = store.now()
    fresh = [
        {"code": code, "origin": origin.value, "field": field, "old": old, "new": new, "digest": store.digest_of(new),
         "raised_at": at, "state": ItemState.OPEN.value}
        for code, field, old, new in wanted
        if known.get((code, field)) != store.digest_of(new)
    ]  # fmt: skip
    if fresh:
        connection.execute(insert(t.review_items), fresh)
    return len(fresh)


def _outdate(connection: Connection, origin: Origin, now: Mapping[str, Mapping[str, Any]]) -> None:
    """Close entries whose new value is no longer what stands there."""
    r = t.review_items.c
    for batch in store.batches(now):
        waiting = select(r.id, r.code, r.field, r.digest).where(
            r.origin == origin.value, r.state == ItemState.OPEN.value, r.code.in_(batch)
        )
        gone = [
            row.id for row in connection.execute(waiting) if store.digest_of(now[row.code].get(row.field)) != row.digest
        ]
        if gone:
            values = {"state": ItemState.OUTDATED.value, "settled_at": store.now(), "settled_by": "system"}
            connection.execute(update(t.review_items).where(r.id.in_(gone)).values(**values))


def _known(connection: Connection, origin: Origin, codes: Iterable[str]) -> dict[tuple[str, str], str]:
    """The newest value that was put on the list and is still there or was settled by somebody, by code and field."""
    found: dict[tuple[str, str], str] = {}
    r = t.review_items.c
    for batch in store.batches(codes):
        query = (
            select(r.code, r.field, r.digest)
            .where(r.origin == origin.value, r.code.in_(batch), r.state != ItemState.OUTDATED.value)
            .order_by(r.id)
        )
        found.update({(row.code, row.field): row.digest for row in connection.execute(query)})
    return found


def official_changed(connection: Connection, codes: Sequence[str]) -> int:
    """Look at official layers that an import has just changed; returns how many entries that made."""
    changes: dict[str, tuple[Payload, Payload]] = {}
    r = t.revisions
    for batch in store.batches(codes):
        versions: dict[str, list[Payload]] = {}
        edited = select(t.layers.c.code).where(t.layers.c.layer == store.EDITORIAL, t.layers.c.code.in_(batch))
        query = select(r.c.code, r.c.payload).where(r.c.layer == store.OFFICIAL, r.c.code.in_(edited))
        for row in connection.execute(query.order_by(r.c.code, r.c.revision)):
            versions.setdefault(row.code, []).append(row.payload)
        changes.update({code: (all_of[-2], all_of[-1]) for code, all_of in versions.items() if len(all_of) > 1})
    works = reading.read_works(connection, list(changes))
    staff = {code: work.editorial for code, work in works.items() if work.editorial is not None}
    return raise_items(connection, Origin.OFFICIAL, changes, staff)


def read_items(
    connection: Connection, *, code: Optional[str] = None, state: ItemState = ItemState.OPEN, limit: int = 50,
    offset: int = 0,
) -> list[Item]:  # fmt: skip
    """Entries of the list, the newest first."""
    r = t.review_items
    query = select(r).where(r.c.state == state.value).order_by(r.c.raised_at.desc(), r.c.id.desc())
    if code is not None:
        query = query.where(r.c.code == code)
    rows = connection.execute(query.limit(limit).offset(offset)).all()
    works = reading.read_works(connection, [row.code for row in rows])
    return [_item(row, works[row.code].editorial) for row in rows]


def _item(row: Any, editorial: Optional[Payload]) -> Item:
    return Item(
        row.id, row.code, Origin(row.origin), row.field, row.old, row.new, row.raised_at, ItemState(row.state),
        (editorial or {}).get(row.field),
    )  # fmt: skip


def count_open(connection: Connection) -> int:
    """How many entries wait."""
    query = select(func.count()).select_from(t.review_items).where(t.review_items.c.state == ItemState.OPEN.value)
    return int(connection.execute(query).scalar() or 0)


def keep(connection: Connection, number: int, *, actor: Actor, comment: Optional[str] = None) -> None:
    """Settle an entry: staff's value stays.

    Raises:
        EditRefused: the actor may not, or it is settled already.
    """
    _settle(connection, _open_item(connection, number, actor), ItemState.KEPT, actor, comment)


def accept(connection: Connection, number: int, *, actor: Actor, comment: Optional[str] = None) -> None:
    """Settle an entry: the new value counts, in a new revision.

    From the portal's layer it then comes by itself, staff's value goes. From the
    software's texts it is written into staff's layer.

    Raises:
        EditRefused: the actor may not, or it is settled already.
        EditConflict: somebody has a draft of this procedure.
        PayloadInvalid: the layer can't do without the field.
    """
    item = _open_item(connection, number, actor)
    work = reading.read_work(connection, item.code)
    if work.editorial is None:
        raise EditRefused(f"Thủ tục {item.code} không còn lớp biên soạn nào, nên không có gì để thay.")
    if work.draft is not None:
        state = "chờ duyệt" if work.draft.state is State.IN_REVIEW else "đang soạn"
        raise EditRefused(
            f"Thủ tục {item.code} có bản nháp {state} của {work.draft.author}. "
            "Hãy công bố hoặc bỏ bản nháp trước, rồi duyệt mục này."
        )
    payload = {name: value for name, value in work.editorial.items() if name != item.field}
    if item.origin is Origin.CONTENT and item.new is not None:
        payload[item.field] = item.new
    reason = comment or ("theo bản mới của Cổng" if item.origin is Origin.OFFICIAL else "theo nội dung đi kèm mới")
    draft = service.save_draft(connection, payload, base=work.base, actor=actor, comment=reason)
    service.publish(connection, item.code, version=draft.version, actor=actor, comment=reason)
    _settle(connection, item, ItemState.ACCEPTED, actor, comment)


def _open_item(connection: Connection, number: int, actor: Actor) -> Item:
    if not actor.may_publish:
        raise EditRefused("Chỉ người duyệt mới giải quyết danh sách cần xem lại.")
    row = connection.execute(select(t.review_items).where(t.review_items.c.id == number)).first()
    if row is None or row.state != ItemState.OPEN.value:
        raise EditRefused("Mục này đã có người giải quyết rồi.")
    return _item(row, reading.read_work(connection, row.code).editorial)


def _settle(connection: Connection, item: Item, state: ItemState, actor: Actor, comment: Optional[str]) -> None:
    values = {"state": state.value, "settled_at": store.now(), "settled_by": actor.name, "comment": comment}
    connection.execute(update(t.review_items).where(t.review_items.c.id == item.id).values(**values))
