"""What the page of a procedure shows: its record in plain lines, with words where the record has a gap."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Optional

import segno

from knowledge import wording
from knowledge.layer import Case, ChannelKind, Form, Source
from knowledge.procedure import Procedure, long_unchecked
from web import words


@dataclass(frozen=True)
class Way:
    """One way to hand in."""

    name: str
    place: Optional[str]
    note: Optional[str]
    times: tuple[str, ...]
    fees: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A procedure's page.

    Attributes:
        cases: number (from 1), case, and (paper, remark) pairs; only the chosen one where one is chosen.
        tabs: number, name and whether it is shown, for all cases; empty where there is one case only.
        gaps: words for what isn't told, by field: 'documents', 'fees', 'times', 'place'.
        qr: the portal page's address as an inline drawing (SVG).
        checked: the earliest day on which one of the sources was compared with.
        old: that day is long ago.
    """

    procedure: Procedure
    levels: str
    online: Optional[str]
    cases: tuple[tuple[int, Case, tuple[tuple[str, Optional[str]], ...]], ...]
    tabs: tuple[tuple[int, str, bool], ...]
    ways: tuple[Way, ...]
    receives: Optional[str]
    decides: Optional[str]
    own_steps: tuple[str, ...]
    portal_steps: tuple[str, ...]
    forms: tuple[Form, ...]
    gaps: dict[str, str]
    sources: tuple[Source, ...]
    checked: Optional[dt.date]
    old: bool
    today: dt.date
    qr: str

    def lines(self, field: str) -> tuple[str, ...]:
        """A field of plain lines ('applies', 'conditions', 'results', 'mistakes', 'warnings')."""
        return tuple(wording.dated(line) for line in self.procedure.listed(field).values)


def sheet_of(procedure: Procedure, today: dt.date, chosen: Optional[int] = None) -> Sheet:
    """Make the page of a procedure.

    Args:
        procedure: the record.
        today: decides which fees and times hold.
        chosen: a case by its place, from 0; all of them by default.
    """
    numbered = list(enumerate(procedure.cases, 1))
    shown = numbered if chosen is None else numbered[chosen : chosen + 1]
    ways = tuple(
        Way(
            wording.CHANNELS[way.kind],
            wording.dated(way.place) if way.place else None,
            way.note,
            tuple(wording.dated(wording.time_text(time)) for time in way.times),
            tuple(wording.dated(wording.fee_text(fee)) for fee in way.fees),
        )
        for way in procedure.channels(today)
    )
    agencies = procedure.agencies
    receives = agencies.receives if agencies and agencies.receives else wording.counter(procedure.levels)
    decides = agencies.decides if agencies else None
    sources = sources_of(procedure)
    checked = min((source.checked for source in sources), default=None)
    editorial = procedure.editorial is not None and bool(procedure.editorial.steps)
    steps = tuple(wording.dated(step) for step in procedure.listed("steps").values)
    return Sheet(
        procedure=procedure,
        levels="; ".join(wording.LEVELS[level] for level in procedure.levels),
        online=wording.ONLINE_LEVELS[procedure.online] if procedure.online else None,
        cases=tuple((number, case, _papers(case)) for number, case in shown),
        tabs=_tabs(procedure, chosen),
        ways=ways,
        receives=wording.dated(receives) if receives else None,
        decides=wording.dated(decides) if decides else None,
        own_steps=steps if editorial and ChannelKind.ONLINE in procedure.channel_kinds else (),
        portal_steps=() if editorial else steps,
        forms=procedure.forms,
        gaps=_gaps(procedure, ways, bool(receives or decides)),
        sources=sources,
        checked=checked,
        old=checked is not None and long_unchecked(checked, today),
        today=today,
        qr=segno.make(procedure.portal_url, error="m").svg_inline(omitsize=True, border=2),
    )


def _tabs(procedure: Procedure, chosen: Optional[int]) -> tuple[tuple[int, str, bool], ...]:
    if len(procedure.cases) < 2:
        return ()
    return tuple((place + 1, case.name, chosen in (None, place)) for place, case in enumerate(procedure.cases))


def _papers(case: Case) -> tuple[tuple[str, Optional[str]], ...]:
    return tuple((wording.dated(paper.name), wording.paper_note(paper)) for paper in case.documents)


def _gaps(procedure: Procedure, ways: tuple[Way, ...], place: bool) -> dict[str, str]:
    """Words for what the record doesn't say, or says in a way that is under doubt."""
    told = {
        "documents": bool(procedure.cases),
        "fees": any(way.fees for way in ways),
        "times": any(way.times for way in ways),
        "agencies": place,
        "legal_bases": bool(procedure.legal_bases),
    }
    return {
        field: words.DOUBTFUL if field in procedure.doubtful else words.NOT_STATED
        for field, there in told.items()
        if not there
    }


def sources_of(procedure: Procedure) -> tuple[Source, ...]:
    """Where the record's facts come from, each source once: those of our own text first."""
    layers = [layer for layer in (procedure.editorial, procedure.official) if layer is not None]
    found = {source.name: source for layer in reversed(layers) for source in layer.sources.values()}
    return tuple(found[name] for name in dict.fromkeys(s.name for layer in layers for s in layer.sources.values()))
