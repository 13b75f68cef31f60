"""The list of all procedures for staff, whatever their state, paged and filtered by the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional

from sqlalchemy import and_, func, literal, null, select, union_all
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.editing.model import State
from knowledge.layer import Group, Level
from vietnamese.understand import folded_words

_NAMES: dict[str, tuple[int, dict[str, frozenset[str]]]] = {}
"""Words of names by database, with the version of the knowledge they were read at."""


class Order(str, Enum):
    """How the list is sorted."""

    NAME = "ten"
    CHECKED = "kiem"
    CHANGED = "sua"


@dataclass(frozen=True)
class Wanted:
    """What is asked for; nothing set is everything.

    Attributes:
        words: of the name, a popular name or the code, with or without diacritics.
        group: life area.
        level: of authority.
        state: of the published record or of its draft.
        checked_before: the earliest check of a source lies before this day.
        codes: only these; None for all.
        order: how it is sorted.
    """

    words: str = ""
    group: Optional[Group] = None
    level: Optional[Level] = None
    state: Optional[State] = None
    checked_before: Optional[dt.date] = None
    codes: Optional[tuple[str, ...]] = None
    order: Order = Order.NAME


@dataclass(frozen=True)
class Row:
    """A procedure as the list shows it.

    Attributes:
        code: its code.
        name: as people know it.
        live: 'published' or 'retired'; None for what has never been published.
        draft: state of the draft that is in the works; None for none.
        group: life area.
        levels: of authority.
        editorial: staff wrote something.
        checked: the earliest day on which a source was checked.
        changed: when it was last written, UTC.
    """

    code: str
    name: str
    live: Optional[State]
    draft: Optional[State]
    group: Optional[Group]
    levels: tuple[Level, ...]
    editorial: bool
    checked: Optional[dt.date]
    changed: Optional[dt.datetime]


def list_procedures(
    connection: Connection, wanted: Wanted, *, limit: int = 50, offset: int = 0
) -> tuple[list[Row], int]:
    """A page of the list, and how long the whole is."""
    every = _everything().subquery()
    c = every.c
    conditions: list[Any] = []
    if wanted.group is not None:
        conditions.append(c.area == wanted.group.value)
    if wanted.level is not None:
        conditions.append(c.levels.contains(wanted.level.value, autoescape=True))
    if wanted.state in (State.DRAFT, State.IN_REVIEW):
        conditions.append(c.draft == wanted.state.value)
    elif wanted.state is not None:
        conditions.append(c.live == wanted.state.value)
    if wanted.checked_before is not None:
        conditions.append(c.checked < wanted.checked_before)
    if wanted.codes is not None:
        conditions.append(c.code.in_(wanted.codes))
    if wanted.words.strip():
        conditions.append(c.code.in_(_matching(connection, wanted.words)))
    orders = {
        Order.NAME: (c.name, c.code),
        Order.CHECKED: (c.checked.is_(None), c.checked, c.code),
        Order.CHANGED: (c.changed.desc(), c.code),
    }
    chosen = select(every).where(and_(True, *conditions))
    count = int(connection.execute(select(func.count()).select_from(chosen.subquery())).scalar() or 0)
    page = chosen.order_by(*orders[wanted.order]).limit(limit).offset(offset)
    return [_row(row) for row in connection.execute(page)], count


def _everything() -> Any:
    p, d = t.procedures, t.drafts
    editorial, official = t.layers.alias("editorial"), t.layers.alias("official")
    s = t.sources.c
    checked = select(s.code, func.min(s.checked_on).label("checked")).group_by(s.code).subquery()
    known = (
        select(
            p.c.code,
            func.coalesce(editorial.c.name, official.c.name, d.c.name, p.c.code).label("name"),
            p.c.state.label("live"),
            d.c.state.label("draft"),
            p.c.area,
            func.coalesce(editorial.c.levels, official.c.levels, "").label("levels"),
            editorial.c.code.is_not(None).label("editorial"),
            checked.c.checked,
            p.c.updated_at.label("changed"),
        )
        .select_from(p)
        .outerjoin(editorial, (editorial.c.code == p.c.code) & (editorial.c.layer == store.EDITORIAL))
        .outerjoin(official, (official.c.code == p.c.code) & (official.c.layer == store.OFFICIAL))
        .outerjoin(d, d.c.code == p.c.code)
        .outerjoin(checked, checked.c.code == p.c.code)
    )
    new = select(
        d.c.code,
        func.coalesce(d.c.name, d.c.code),
        null(),
        d.c.state,
        null(),
        literal(""),
        literal(False),
        null(),
        d.c.at,
    ).where(~select(p.c.code).where(p.c.code == d.c.code).exists())
    return union_all(known, new)


def _matching(connection: Connection, words: str) -> list[str]:
    """Codes whose names hold all words, diacritics aside; a whole code finds itself."""
    asked = set(folded_words(words))
    known = _words_of_names(connection)
    new = {
        row.code: frozenset(folded_words(row.name or ""))
        for row in connection.execute(select(t.drafts.c.code, t.drafts.c.name))
    }
    found = [code for code in {**known, **new} if code.startswith(words.strip())]
    if asked:
        found += [code for names in (known, new) for code, said in names.items() if asked <= said]
    return list(dict.fromkeys(found))


def _words_of_names(connection: Connection) -> dict[str, frozenset[str]]:
    """Folded words of all names by code, kept until the knowledge changes: some twenty thousand names."""
    where, version = str(connection.engine.url), store.read_counter(connection, store.KNOWLEDGE)
    kept = _NAMES.get(where)
    if kept is not None and kept[0] == version:
        return kept[1]
    texts: dict[str, list[str]] = {}
    for query in (
        select(t.layers.c.code, t.layers.c.name, t.layers.c.official_name),
        select(t.popular_names.c.code, t.popular_names.c.text, null()),
    ):
        for code, first, second in connection.execute(query):
            texts.setdefault(code, []).append(f"{first or ''} {second or ''}")
    names = {code: frozenset(folded_words(" ".join(all_of))) for code, all_of in texts.items()}
    _NAMES[where] = (version, names)
    return names


def _row(row: Any) -> Row:
    return Row(
        code=row.code,
        name=row.name,
        live=State(row.live) if row.live else None,
        draft=State(row.draft) if row.draft else None,
        group=Group(row.area) if row.area else None,
        levels=tuple(Level(level) for level in row.levels.split(",") if level),
        editorial=bool(row.editorial),
        checked=row.checked,
        changed=row.changed,
    )


def names_of(connection: Connection, codes: Sequence[str]) -> dict[str, str]:
    """Names of procedures by code, as people know them; unknown codes are left out."""
    names: dict[str, str] = {}
    for batch in store.batches(list(dict.fromkeys(codes))):
        rows = select(t.layers.c.code, t.layers.c.name).where(t.layers.c.code.in_(batch), t.layers.c.name.is_not(None))
        # 'editorial' sorts before 'official': what staff call it wins.
        for row in connection.execute(rows.order_by(t.layers.c.layer.desc())):
            names[row.code] = row.name
    return names
