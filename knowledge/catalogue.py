"""The list of published procedures: looked through by life area, level and audience, searched by words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Optional

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.fields import group_of_field
from knowledge.layer import CODE_PATTERN, CodeState, Group, Level, OnlineLevel
from knowledge.search.bm25 import Bm25
from knowledge.search.build import read_entries
from knowledge.search.entry import Entry
from knowledge.search.terms import QueryMaker, pairs
from vietnamese.fold import fold
from vietnamese.understand import Understander, folded_words

_NAME_WEIGHT, _KEY_WEIGHT = 2.0, 1.0
"""What a name and a way to ask count against the rest of a record."""
_WORTH_SHOWING = 0.35
"""Part of the best score below which a record has little to do with the words."""


class Audience(str, Enum):
    """For whom a procedure is, as far as the record's words tell; for looking through the list only."""

    CITIZEN = "nguoi-dan"
    BUSINESS = "doanh-nghiep"
    ORGANISATION = "to-chuc"
    FOREIGNER = "nguoi-nuoc-ngoai"
    OFFICIAL = "can-bo"


AUDIENCES: Final = {
    Audience.CITIZEN: "Người dân",
    Audience.BUSINESS: "Doanh nghiệp, hộ kinh doanh, hợp tác xã",
    Audience.ORGANISATION: "Tổ chức khác",
    Audience.FOREIGNER: "Người nước ngoài, vốn nước ngoài",
    Audience.OFFICIAL: "Cán bộ, công chức, viên chức",
}
_AUDIENCE_WORDS: Mapping[Audience, tuple[str, ...]] = {
    Audience.CITIZEN: ("công dân", "cá nhân", "hộ gia đình", "người dân", "định cư ở nước ngoài"),
    Audience.BUSINESS: ("doanh nghiệp", "công ty", "hợp tác xã", "hộ kinh doanh", "chủ cơ sở", "cơ sở sản xuất"),
    Audience.ORGANISATION: ("tổ chức",),
    Audience.FOREIGNER: ("người nước ngoài", "tổ chức nước ngoài", "có vốn đầu tư nước ngoài"),
    Audience.OFFICIAL: ("cán bộ", "công chức", "viên chức"),
}
# The portal's own name for organisations says which ones it leaves out.
_LEFT_OUT = "(không bao gồm doanh nghiệp, htx)"


@dataclass(frozen=True)
class Listed:
    """A procedure as the list shows it.

    Attributes:
        field: the portal's own field, such as 'Hộ tịch'.
        applicants: for whom it is, as the record says it.
        audiences: the same, read from its words.
        checked: the earliest day on which one of its layers was last compared with its source.
    """

    code: str
    name: str
    official_name: str
    summary: Optional[str]
    group: Optional[Group]
    levels: tuple[Level, ...]
    field: Optional[str]
    applicants: Optional[str]
    audiences: tuple[Audience, ...]
    online: Optional[OnlineLevel]
    portal_url: Optional[str]
    code_state: CodeState
    checked: Optional[dt.date]
    editorial: bool


def audiences_of(applicants: Optional[str], described: str) -> tuple[Audience, ...]:
    """Read the audience from a record's words.

    Args:
        applicants: what the record says of it; decides where it says something.
        described: name, summary and cases of use, for records that don't.

    Returns:
        At least one: where nothing tells, citizens.
    """
    text = (applicants or described).lower().replace(_LEFT_OUT, "")
    found = [who for who, words in _AUDIENCE_WORDS.items() if any(word in text for word in words)]
    if not applicants and Audience.OFFICIAL in found:
        found.remove(Audience.OFFICIAL)  # 'cán bộ tự tra được' is no applicant
    return tuple(found) or (Audience.CITIZEN,)


class Catalogue:
    """An immutable list with its word index; a new version of the knowledge gets a new one.

    Args:
        listed: the procedures.
        entries: what the search knows of the same ones.
        queries: makes terms of what is typed.
        version: of the knowledge that was read.
    """

    def __init__(self, listed: Sequence[Listed], entries: Sequence[Entry], queries: QueryMaker, version: int) -> None:
        self.listed = tuple(sorted(listed, key=_order))
        self.at = {procedure.code: procedure for procedure in self.listed}
        self.queries = queries
        self.version = version
        self._codes = [entry.code for entry in entries]
        names = [folded_words(" . ".join((entry.name, *entry.popular_names))) for entry in entries]
        self._names = Bm25([pairs(words) for words in names])
        self._keys = Bm25([pairs(folded_words(" . ".join(entry.ways_to_ask))) for entry in entries])
        self._bodies = Bm25([folded_words(entry.body) for entry in entries], b=0.75)
        self._understander = Understander()

    def find(
        self,
        words: str = "",
        group: Optional[Group] = None,
        level: Optional[Level] = None,
        audience: Optional[Audience] = None,
    ) -> list[Listed]:
        """Procedures that fit all that is given; by how well they fit the words, else in the list's order."""
        wanted = [
            procedure
            for procedure in (self._search(words) if words.strip() else self.listed)
            if (group is None or procedure.group is group)
            and (level is None or level in procedure.levels)
            and (audience is None or audience in procedure.audiences)
        ]
        return wanted

    def _search(self, words: str) -> list[Listed]:
        exact = self.at.get(words.strip())
        if exact is not None:
            return [exact]
        query = self.queries(self._understander.understand(words[:300]).text).weights
        scores = _NAME_WEIGHT * self._names.scores(query) + _KEY_WEIGHT * self._keys.scores(query)
        scores += self._bodies.scores({term: weight for term, weight in query.items() if "_" not in term})
        best = float(scores.max()) if len(scores) else 0.0
        if best <= 0:
            return []
        order = np.argsort(-scores, kind="stable")
        return [self.at[self._codes[row]] for row in order if scores[row] >= _WORTH_SHOWING * best]


def _order(procedure: Listed) -> tuple[int, str, str]:
    """By life area as the enum orders them, then by name; without an area last."""
    place = list(Group).index(procedure.group) if procedure.group else len(Group)
    return place, fold(procedure.name.lower()), procedure.code


def read_listed(connection: Connection) -> list[Listed]:
    """Every published procedure; the editorial layer wins, a field under doubt is left out."""
    doubts: set[tuple[str, str]] = {(row.code, row.field) for row in connection.execute(select(t.doubts))}
    checked = _checked(connection)
    applies = _applies(connection)
    areas = {
        row.code: row.area
        for row in connection.execute(
            select(t.procedures.c.code, t.procedures.c.area).where(t.procedures.c.state == "published")
        )
    }
    layers: dict[str, dict[str, Any]] = {}
    for row in connection.execute(select(t.layers)):
        if row.code in areas:
            layers.setdefault(row.code, {})[row.layer] = row
    return [
        _listed(code, kinds, areas[code], doubts, checked.get(code), applies.get(code, ""))
        for code, kinds in layers.items()
    ]


def _checked(connection: Connection) -> dict[str, dt.date]:
    query = select(t.sources.c.code, func.min(t.sources.c.checked_on).label("checked")).group_by(t.sources.c.code)
    return {row.code: row.checked for row in connection.execute(query)}


def _applies(connection: Connection) -> dict[str, str]:
    query = select(t.notes.c.code, t.notes.c.text).where(t.notes.c.kind == "applies")
    found: dict[str, str] = {}
    for code, text in connection.execute(query):
        found[code] = f"{found.get(code, '')} {text}"
    return found


def _listed(
    code: str,
    kinds: Mapping[str, Any],
    area: Optional[str],
    doubts: set[tuple[str, str]],
    checked: Optional[dt.date],
    applies: str,
) -> Listed:
    def pick(name: str) -> Optional[str]:
        editorial, official = kinds.get(store.EDITORIAL), kinds.get(store.OFFICIAL)
        if editorial is not None and getattr(editorial, name):
            return str(getattr(editorial, name))
        if official is not None and (code, name) not in doubts:
            return getattr(official, name) or None
        return None

    name = pick("name") or code
    summary, applicants, online = pick("summary"), pick("applicants"), pick("online")
    return Listed(
        code=code,
        name=name,
        official_name=pick("official_name") or name,
        summary=summary,
        group=Group(area) if area else group_of_field(pick("field")),
        levels=tuple(Level(level) for level in (pick("levels") or "").split(",") if level),
        field=pick("field"),
        applicants=applicants,
        audiences=audiences_of(applicants, f"{name} {summary or ''} {applies}"),
        online=OnlineLevel(online) if online else None,
        portal_url=pick("portal_url"),
        code_state=_code_state(code, kinds),
        checked=checked,
        editorial=store.EDITORIAL in kinds,
    )


def _code_state(code: str, kinds: Mapping[str, Any]) -> CodeState:
    """What is known of the code; an imported record confirms it."""
    if store.OFFICIAL in kinds:
        return CodeState.CONFIRMED
    if not CODE_PATTERN.match(code):
        return CodeState.UNKNOWN
    return CodeState.UNCONFIRMED if kinds[store.EDITORIAL].code_listed else CodeState.CONFIRMED


def read_catalogue(connection: Connection, queries: QueryMaker) -> Catalogue:
    """Read the list and its words in the connection's transaction."""
    version = store.read_counter(connection, store.KNOWLEDGE)
    return Catalogue(read_listed(connection), read_entries(connection), queries, version)
