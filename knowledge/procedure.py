"""A procedure as it is told: both layers merged, doubtful fields withheld, periods read against today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional
from urllib.parse import quote_plus

from sqlalchemy import select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.fields import group_of_field
from knowledge.importers.clean import names_old_units
from knowledge.layer import (
    Agencies,
    Case,
    ChannelKind,
    CodeState,
    Fee,
    Form,
    Group,
    Instead,
    Layer,
    LegalBasis,
    Level,
    OnlineLevel,
    Period,
    ProcessingTime,
    Source,
)
from knowledge.wording import code_caution

PORTAL = "portal"
LONG_UNCHECKED = dt.timedelta(days=180)
"""Age of a check from which people are told that it is old."""
_SEARCHED = 80
"""Letters of an official name that the portal's search is asked for."""


def holds(period: Period, today: dt.date) -> bool:
    """Say whether a value with a period is valid today, both ends included."""
    return (period.start is None or period.start <= today) and (period.end is None or today <= period.end)


def long_unchecked(checked: dt.date, today: dt.date) -> bool:
    """Say whether facts were last checked so long ago that people should know."""
    return today - checked > LONG_UNCHECKED


@dataclass(frozen=True)
class Cited:
    """Values with the source they come from."""

    values: tuple[Any, ...]
    source: Optional[Source]


@dataclass(frozen=True)
class ChannelFacts:
    """What one channel offers today."""

    kind: ChannelKind
    place: Optional[str]
    note: Optional[str]
    times: tuple[ProcessingTime, ...]
    fees: tuple[Fee, ...]


@dataclass(frozen=True)
class Procedure:
    """One published procedure, ready to be worded.

    Field by field the editorial layer wins. A field under doubt is only told
    where an editor has written it; otherwise it reads as absent and its name
    stands in ``doubtful``.
    """

    code: str
    official: Optional[Layer]
    editorial: Optional[Layer]
    doubtful: frozenset[str] = field(default_factory=frozenset)

    def _pick(self, name: str, doubt: Optional[str] = None) -> tuple[Any, Optional[Layer]]:
        if self.editorial is not None and getattr(self.editorial, name):
            return getattr(self.editorial, name), self.editorial
        if self.official is not None and getattr(self.official, name) and (doubt or name) not in self.doubtful:
            return getattr(self.official, name), self.official
        return None, None

    def source(self, layer: Optional[Layer] = None, key: Optional[str] = None) -> Optional[Source]:
        """A source by its key; the layer's portal record by default."""
        layer = layer or self.editorial or self.official
        if layer is None:
            return None
        return layer.sources.get(key or PORTAL) or layer.sources.get(PORTAL)

    @property
    def name(self) -> str:
        """The short name people know it by."""
        name, _ = self._pick("name")
        return name or self.code

    @property
    def official_name(self) -> str:
        """The name to search for on the portal."""
        name, _ = self._pick("official_name")
        return name or self.name

    @property
    def code_state(self) -> CodeState:
        """What is known of the code; an imported record confirms it."""
        if self.official is not None or self.editorial is None:
            return CodeState.CONFIRMED
        return self.editorial.code_state

    @property
    def code_caution(self) -> Optional[str]:
        """What people must know of a code that isn't confirmed."""
        listed = self.editorial.code_listed if self.editorial else None
        return code_caution(self.code_state, listed)

    @property
    def portal_url(self) -> str:
        """The procedure's page; the portal's search where none is known: by code, or by name if that isn't sure."""
        url, _ = self._pick("portal_url")
        words = self.code if self.code_state is CodeState.CONFIRMED else _cut(self.official_name)
        return url or f"https://dichvucong.gov.vn/tim-kiem?keyword={quote_plus(words)}"

    @property
    def group(self) -> Optional[Group]:
        """The life area it is sorted into; where nobody has done so, that of the portal's field."""
        group, _ = self._pick("group")
        return group or group_of_field(self._pick("field")[0])

    @property
    def applicants(self) -> Optional[str]:
        """For whom it is, as the record says it."""
        applicants, _ = self._pick("applicants")
        return applicants

    @property
    def summary(self) -> Optional[str]:
        """What it is for, in one sentence."""
        summary, _ = self._pick("summary")
        return summary

    @property
    def levels(self) -> tuple[Level, ...]:
        """Levels of authority."""
        levels, _ = self._pick("level")
        return tuple(levels or ())

    @property
    def online(self) -> Optional[OnlineLevel]:
        """How much is done online, where that is known."""
        online, _ = self._pick("online")
        return online

    def listed(self, name: str) -> Cited:
        """A list field ('steps', 'results', 'conditions', 'forms', 'mistakes', 'applies', ...) with its source."""
        values, layer = self._pick(name)
        return Cited(tuple(values or ()), self.source(layer) if layer else None)

    @property
    def legal_bases(self) -> tuple[LegalBasis, ...]:
        """Legal texts; from the records only those not under doubt."""
        return self.listed("legal_bases").values

    @property
    def forms(self) -> tuple[Form, ...]:
        """Forms to fill in: those listed, else those the documents name."""
        forms = self.listed("forms").values
        if forms:
            return forms
        named = [paper.form or paper.name for case in self.cases for paper in case.documents if _is_form(paper)]
        return tuple(Form(name=name) for name in dict.fromkeys(named))

    @property
    def instead(self) -> tuple[Instead, ...]:
        """When another procedure is the right one."""
        return self.listed("instead").values

    @property
    def cases(self) -> tuple[Case, ...]:
        """Cases with their documents."""
        cases, _ = self._pick("cases", "documents")
        return tuple(cases or ())

    @property
    def documents_source(self) -> Optional[Source]:
        """Where the documents come from."""
        _, layer = self._pick("cases", "documents")
        return self.source(layer) if layer else None

    @property
    def documents_note(self) -> Optional[str]:
        """A remark on all cases."""
        note, _ = self._pick("documents_note")
        return note

    @property
    def agencies(self) -> Optional[Agencies]:
        """Who decides and who takes the papers."""
        agencies, _ = self._pick("agencies")
        return agencies

    @property
    def agencies_source(self) -> Optional[Source]:
        """Where the agencies come from."""
        agencies, layer = self._pick("agencies")
        return self.source(layer, agencies.source) if layer else None

    def _channel_layer(self, what: str) -> Optional[Layer]:
        """The layer that speaks of 'times' or 'fees': the editorial one where it does so at all."""
        for layer in (self.editorial, self.official):
            if layer is not None and any(getattr(channel, what) for channel in layer.channels):
                return None if layer is self.official and what in self.doubtful else layer
        return None

    @property
    def channel_kinds(self) -> tuple[ChannelKind, ...]:
        """The ways to hand in, in the order online, direct, post."""
        channels, _ = self._pick("channels")
        kinds = {channel.kind for channel in channels or ()}
        return tuple(kind for kind in ChannelKind if kind in kinds)

    def channels(self, today: dt.date) -> list[ChannelFacts]:
        """Each way to hand in, with the times and fees that are valid today."""
        base, _ = self._pick("channels")
        times, fees = self._channel_layer("times"), self._channel_layer("fees")
        facts = []
        for kind in self.channel_kinds:
            own = next(channel for channel in base if channel.kind is kind)
            facts.append(
                ChannelFacts(
                    kind, own.place, own.note, _valid(times, kind, "times", today), _valid(fees, kind, "fees", today)
                )
            )
        return facts

    def fee_source(self, fee: Fee) -> Optional[Source]:
        """Where a fee comes from."""
        return self.source(self._channel_layer("fees"), fee.source)

    def time_source(self, time: Optional[ProcessingTime] = None) -> Optional[Source]:
        """Where a processing time comes from."""
        return self.source(self._channel_layer("times"), time.source if time else None)

    def text_is_dated(self, text: str) -> bool:
        """Say whether an official text still names bodies of the abolished district level."""
        return names_old_units(text)


def _cut(name: str) -> str:
    """As much of a long name as a search box takes well."""
    return name if len(name) <= _SEARCHED else name[:_SEARCHED].rsplit(" ", 1)[0]


def _is_form(paper: Any) -> bool:
    name = paper.name.lower()
    return bool(paper.form) or name.startswith(
        ("tờ khai", "đơn ", "đơn", "mẫu ", "giấy đề nghị", "văn bản đề nghị", "phiếu ")
    )


def _valid(layer: Optional[Layer], kind: ChannelKind, what: str, today: dt.date) -> tuple[Any, ...]:
    if layer is None:
        return ()
    values: Iterable[Any] = (
        value for channel in layer.channels if channel.kind is kind for value in getattr(channel, what)
    )
    return tuple(value for value in values if holds(value, today))


def load_procedures(connection: Connection, codes: Sequence[str]) -> dict[str, Procedure]:
    """Read published procedures by code; codes that are unknown or not published are left out."""
    wanted = list(dict.fromkeys(codes))
    published: set[str] = set()
    doubts: dict[str, set[str]] = {}
    for batch in store.batches(wanted):
        query = select(t.procedures.c.code).where(t.procedures.c.code.in_(batch), t.procedures.c.state == "published")
        published |= set(connection.execute(query).scalars())
        for row in connection.execute(select(t.doubts.c.code, t.doubts.c.field).where(t.doubts.c.code.in_(batch))):
            doubts.setdefault(row.code, set()).add(row.field)
    layers = store.load_layers(connection, [code for code in wanted if code in published])
    return {
        code: Procedure(
            code,
            layers.get((code, store.OFFICIAL)),
            layers.get((code, store.EDITORIAL)),
            frozenset(doubts.get(code, ())),
        )
        for code in wanted
        if code in published
    }
