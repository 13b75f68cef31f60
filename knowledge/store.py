"""Write layers of facts: with history, an audit line for every change, and a version that the search follows."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional, TypeVar

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from knowledge import tables as t
from knowledge.layer import Layer
from knowledge.rows import LAYER_TABLES, Row, from_rows, to_rows

OFFICIAL = "official"
EDITORIAL = "editorial"
KNOWLEDGE = "knowledge"
"""Name of the counter that grows with every change of what can be found or said."""

_BATCH = 400
"""Codes in one IN clause; SQLite's limit on parameters is far above."""
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Write:
    """A layer to be written, with the fingerprint of what it was read from."""

    layer: Layer
    digest: str


@dataclass
class Outcome:
    """Codes by what a write did to them."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def now() -> dt.datetime:
    """The time in UTC, without a zone, as the tables keep it."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None, microsecond=0)


def batches(items: Iterable[_Item], size: int = _BATCH) -> Iterator[list[_Item]]:
    """Cut a sequence into lists of at most ``size``."""
    batch: list[_Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def payload_of(layer: Layer) -> dict[str, Any]:
    """The layer as plain JSON, empty fields left out."""
    plain: dict[str, Any] = json.loads(layer.json(by_alias=True, exclude_defaults=True))
    return plain


def digest_of(value: Any) -> str:
    """A fingerprint of any JSON value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def known_digests(connection: Connection, which: str) -> dict[str, str]:
    """Fingerprints of the layers of one kind, by code."""
    rows = connection.execute(select(t.layers.c.code, t.layers.c.digest).where(t.layers.c.layer == which))
    return {row.code: row.digest for row in rows}


def save_layers(
    connection: Connection, which: str, writes: Sequence[Write], *, actor: str, reason: Optional[str] = None
) -> Outcome:
    """Write layers of one kind. The caller's transaction holds it all.

    A layer whose facts are as they were changes nothing but its fingerprint.

    Args:
        connection: in a transaction.
        which: ``OFFICIAL`` or ``EDITORIAL``.
        writes: one for each code.
        actor: who writes; never a person's name or number.
        reason: why, for the audit log.
    """
    outcome = Outcome()
    at = now()
    payloads = {write.layer.code: payload_of(write.layer) for write in writes}
    before = _latest_payloads(connection, which, list(payloads))
    present = _present_layers(connection, which, list(payloads))
    known = _known_procedures(connection, list(payloads))
    fresh: list[Write] = []
    for write in writes:
        code = write.layer.code
        old = before.get(code)
        if code in present and old is not None and old[1] == payloads[code]:
            outcome.unchanged.append(code)
            _touch(connection, code, which, write.digest)
            continue
        (outcome.changed if code in present else outcome.created).append(code)
        fresh.append(write)
    if not fresh:
        return outcome
    codes = [write.layer.code for write in fresh]
    _delete_rows(connection, which, codes)
    _insert(connection, t.procedures, [
        {"code": code, "state": "published", "prior": 0.0, "revision": 0, "created_at": at, "updated_at": at}
        for code in codes if code not in known
    ])  # fmt: skip
    _insert_layers(connection, which, fresh)
    _insert(connection, t.revisions, [
        {"code": code, "layer": which, "revision": before[code][0] + 1 if code in before else 1, "at": at,
         "actor": actor, "reason": reason, "payload": payloads[code]}
        for code in codes
    ])  # fmt: skip
    replaced = {code: entry for code, entry in before.items() if code in present}
    audit = [line for code in codes for line in _audit(code, which, replaced.get(code), payloads[code])]
    _insert(connection, t.audit_log, [{**line, "at": at, "actor": actor, "reason": reason} for line in audit])
    for batch in batches(codes):
        connection.execute(
            update(t.procedures)
            .where(t.procedures.c.code.in_(batch))
            .values(revision=t.procedures.c.revision + 1, updated_at=at)
        )
    for write in fresh:
        if write.layer.group is not None:
            connection.execute(
                update(t.procedures).where(t.procedures.c.code == write.layer.code).values(area=write.layer.group.value)
            )
    grow(connection, KNOWLEDGE)
    return outcome


def remove_layers(connection: Connection, which: str, codes: Sequence[str], *, actor: str, reason: str) -> None:
    """Remove layers; a procedure without any layer left goes too, its audit lines stay."""
    if not codes:
        return
    _delete_rows(connection, which, codes)
    at = now()
    lines = [
        {"at": at, "actor": actor, "action": "removed", "code": code, "layer": which, "reason": reason}
        for code in codes
    ]
    _insert(connection, t.audit_log, lines)
    bare = select(t.procedures.c.code).where(
        t.procedures.c.code.in_(list(codes)),
        ~select(t.layers.c.code).where(t.layers.c.code == t.procedures.c.code).exists(),
    )
    gone = list(connection.execute(bare).scalars())
    for batch in batches(gone):
        connection.execute(delete(t.revisions).where(t.revisions.c.code.in_(batch)))
        connection.execute(delete(t.procedures).where(t.procedures.c.code.in_(batch)))
    grow(connection, KNOWLEDGE)


def _touch(connection: Connection, code: str, which: str, digest: str) -> None:
    mine = (t.layers.c.code == code) & (t.layers.c.layer == which) & (t.layers.c.digest != digest)
    connection.execute(update(t.layers).where(mine).values(digest=digest))


def _known_procedures(connection: Connection, codes: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for batch in batches(codes):
        found |= set(connection.execute(select(t.procedures.c.code).where(t.procedures.c.code.in_(batch))).scalars())
    return found


def _present_layers(connection: Connection, which: str, codes: Sequence[str]) -> set[str]:
    """Codes that have such a layer now; one that was removed keeps its revisions."""
    found: set[str] = set()
    for batch in batches(codes):
        query = select(t.layers.c.code).where(t.layers.c.layer == which, t.layers.c.code.in_(batch))
        found |= set(connection.execute(query).scalars())
    return found


def _latest_payloads(connection: Connection, which: str, codes: Sequence[str]) -> dict[str, tuple[int, dict[str, Any]]]:
    latest: dict[str, tuple[int, dict[str, Any]]] = {}
    for batch in batches(codes):
        query = (
            select(t.revisions.c.code, t.revisions.c.revision, t.revisions.c.payload)
            .where(t.revisions.c.layer == which, t.revisions.c.code.in_(batch))
            .order_by(t.revisions.c.revision)
        )
        for row in connection.execute(query):
            latest[row.code] = (row.revision, row.payload)
    return latest


def _audit(code: str, which: str, before: Optional[tuple[int, dict[str, Any]]], after: dict[str, Any]) -> list[Row]:
    line: Row = {"code": code, "layer": which, "field": None, "old": None, "new": None}
    if before is None:
        return [{**line, "action": "created"}]
    old = before[1]
    return [
        {**line, "action": "changed", "field": name, "old": old.get(name), "new": after.get(name)}
        for name in sorted({*old, *after})
        if old.get(name) != after.get(name)
    ]


def _delete_rows(connection: Connection, which: str, codes: Sequence[str]) -> None:
    for table in LAYER_TABLES:
        for batch in batches(codes):
            connection.execute(delete(table).where(table.c.layer == which, table.c.code.in_(batch)))


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))


def _insert_layers(connection: Connection, which: str, writes: Sequence[Write]) -> None:
    rows: dict[Table, list[Row]] = defaultdict(list)
    titles: dict[str, str] = {}
    for write in writes:
        mine, named = to_rows(write.layer, which, write.digest)
        for table, entries in mine.items():
            rows[table] += entries
        # A real title beats a bare number.
        titles.update({number: title for number, title in named.items() if title != number or number not in titles})
    _add_missing(connection, t.agencies, "name", {row["agency"]: {} for row in rows[t.procedure_agencies]})
    _add_missing(connection, t.legal_bases, "number", {number: {"title": title} for number, title in titles.items()})
    for number, title in titles.items():
        if title != number:
            untitled = (t.legal_bases.c.number == number) & (t.legal_bases.c.title == number)
            connection.execute(update(t.legal_bases).where(untitled).values(title=title))
    for table in LAYER_TABLES:
        _insert(connection, table, rows[table])


def _add_missing(connection: Connection, table: Table, key: str, entries: Mapping[str, Row]) -> None:
    column = table.c[key]
    known: set[str] = set()
    for batch in batches(entries):
        known |= set(connection.execute(select(column).where(column.in_(batch))).scalars())
    _insert(connection, table, [{key: name, **values} for name, values in entries.items() if name not in known])


def grow(connection: Connection, name: str) -> int:
    """Add one to a counter and return it."""
    counter = t.counters.c
    done = connection.execute(update(t.counters).where(counter.name == name).values(value=counter.value + 1))
    if not done.rowcount:
        connection.execute(insert(t.counters).values(name=name, value=1))
    return read_counter(connection, name)


def read_counter(connection: Connection, name: str) -> int:
    """The counter's value; 0 before its first use."""
    value = connection.execute(select(t.counters.c.value).where(t.counters.c.name == name)).scalar()
    return int(value or 0)


def load_layers(connection: Connection, codes: Sequence[str]) -> dict[tuple[str, str], Layer]:
    """Read the layers of some procedures: (code, kind) -> layer."""
    grouped: dict[tuple[str, str], dict[Table, list[Row]]] = defaultdict(lambda: defaultdict(list))
    areas: dict[str, Optional[str]] = {}
    for batch in batches(codes):
        for row in connection.execute(
            select(t.procedures.c.code, t.procedures.c.area).where(t.procedures.c.code.in_(batch))
        ):
            areas[row.code] = row.area
        for table in LAYER_TABLES:
            query = select(table).where(table.c.code.in_(batch)).order_by(*table.primary_key.columns)
            for entry in connection.execute(query).mappings():
                grouped[entry["code"], entry["layer"]][table].append(dict(entry))
    numbers = {row["number"] for rows in grouped.values() for row in rows[t.procedure_legal_bases]}
    titles: dict[str, str] = {}
    for batch in batches(sorted(numbers)):
        found = connection.execute(select(t.legal_bases).where(t.legal_bases.c.number.in_(batch)))
        titles.update({row.number: row.title for row in found})
    return {
        (code, which): from_rows(code, areas.get(code), rows, titles)
        for (code, which), rows in grouped.items()
        if rows[t.layers]
    }


def count_procedures(connection: Connection) -> int:
    """How many procedures are published."""
    query = select(func.count()).select_from(t.procedures).where(t.procedures.c.state == "published")
    return int(connection.execute(query).scalar() or 0)
