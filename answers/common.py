"""What all answers share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Optional

from answers.phrasing import say, word
from answers.reply import Block, Item, Items, Paragraph, SourceLine
from knowledge.layer import Source
from knowledge.procedure import Procedure, long_unchecked
from knowledge.wording import LONG_UNCHECKED, dated, day

Told = tuple[list[Block], list[Source]]
"""Blocks, and the sources of the facts in them."""


def short(text: str, length: int) -> str:
    """A text of at most ``length`` characters, cut at a word."""
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"


def missing(procedure: Procedure, what: str, field: Optional[str] = None) -> list[Block]:
    """Says that something isn't stated, or is under doubt, and where to look instead."""
    name = "doubtful" if (field or what) in procedure.doubtful else "see_portal"
    return [Paragraph(say(name, what=word("whats", what)))]


def bullets(lines: Iterable[str], length: int = 260) -> Items:
    """A plain list, each line cut and marked as needed."""
    return Items(tuple(Item(dated(short(line, length))) for line in lines))


def unique(sources: Sequence[Optional[Source]]) -> list[Source]:
    """Sources, each once, in order."""
    return [source for at, source in enumerate(sources) if source is not None and source not in sources[:at]]


def source_line(sources: Sequence[Source], today: dt.date) -> SourceLine:
    """The line that every answer ends with: where its facts come from, and when that was checked.

    Several sources share the earliest day, so that none looks fresher than it is. A check of long ago is said to be
    one.
    """
    names = "; ".join(source.name for source in sources)
    checked = min(source.checked for source in sources)
    url = next((source.url for source in sources if source.url), None)
    old = f" ({LONG_UNCHECKED})" if long_unchecked(checked, today) else ""
    return SourceLine(say("checked", names=names, day=day(checked)) + old, url)
