"""What changed in a procedure, in words for those who follow it: from two records, as they are told on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Optional

from answers.common import short
from answers.costs import times
from answers.filing import deciding_agency
from answers.phrasing import say
from answers.reply import Block, Button, Item, Items, Paragraph, Reply, Title
from knowledge.procedure import Procedure
from knowledge.wording import CHANNELS, dated, day, fee_text, lower_first

MOST = 6
"""Lines of one procedure; the rest is in the answer, a tap away."""
_NAMED = 3
_LINE = 180


def changes(before: Procedure, after: Procedure, today: dt.date) -> list[str]:
    """Lines that say what is different for somebody who files today; none where nothing is.

    A portal's value that staff have overridden, a new way to ask, a source that was checked again change nothing
    for a citizen and aren't told.

    Args:
        before: the record as the follower knows it.
        after: the record as it is now.
        today: decides which fees and times are told.
    """
    lines: list[str] = []
    if before.name != after.name:
        lines.append(say("change_name", name=after.name))
    lines += _values("change_fee", _fees(before, today), _fees(after, today))
    lines += _values("change_time", _times(before, today), _times(after, today))
    lines += _sets("change_papers", _papers(before), _papers(after))
    for name, of in _FIELDS:
        lines += _values(name, of(before), of(after))
    lines += _sets("change_conditions", before.listed("conditions").values, after.listed("conditions").values)
    lines += _sets("change_forms", _forms(before), _forms(after))
    lines += _sets("change_bases", _bases(before), _bases(after))
    others = ("applies", "steps", "results", "warnings", "mistakes")
    if not lines and any(before.listed(name).values != after.listed(name).values for name in others):
        lines.append(say("change_other"))
    return lines if len(lines) <= MOST else [*lines[: MOST - 1], say("change_more")]


def _fees(procedure: Procedure, today: dt.date) -> tuple[str, ...]:
    """Fees by channel; the same everywhere is said once."""
    told = {CHANNELS[way.kind]: tuple(map(fee_text, way.fees)) for way in procedure.channels(today) if way.fees}
    if len(set(told.values())) == 1:
        return tuple(dated(text) for text in next(iter(told.values())))
    return tuple(f"{name}: {dated(text)}" for name, texts in told.items() for text in texts)


def _times(procedure: Procedure, today: dt.date) -> tuple[str, ...]:
    found = times(procedure, today)
    return tuple(text if len(found) == 1 else f"{names}: {lower_first(text)}" for names, text in found)


def _papers(procedure: Procedure) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paper.name for case in procedure.cases for paper in case.documents))


def _forms(procedure: Procedure) -> tuple[str, ...]:
    return tuple(form.name for form in procedure.forms)


def _bases(procedure: Procedure) -> tuple[str, ...]:
    return tuple(basis.number for basis in procedure.legal_bases)


def _receives(procedure: Procedure) -> tuple[str, ...]:
    receives = procedure.agencies.receives if procedure.agencies else None
    return (dated(receives),) if receives else ()


def _decides(procedure: Procedure) -> tuple[str, ...]:
    agency = deciding_agency(procedure)
    return (agency,) if agency else ()


def _ways(procedure: Procedure) -> tuple[str, ...]:
    return tuple(lower_first(CHANNELS[kind]) for kind in procedure.channel_kinds)


_FIELDS: tuple[tuple[str, Callable[[Procedure], tuple[str, ...]]], ...] = (
    ("change_receives", _receives),
    ("change_decides", _decides),
    ("change_ways", _ways),
)


def _values(name: str, before: Sequence[str], after: Sequence[str]) -> list[str]:
    """What stood there and what stands there now."""
    if list(before) == list(after):
        return []
    old, new = (_joined(values) or say("change_nothing") for values in (before, after))
    return [say(name, old=old, new=new)]


def _sets(name: str, before: Sequence[str], after: Sequence[str]) -> list[str]:
    """What was added to a list, and what was taken out."""
    added, gone = ([item for item in one if item not in other] for one, other in ((after, before), (before, after)))
    return [
        *([say(f"{name}_added", items=_joined(added))] if added else []),
        *([say(f"{name}_gone", items=_joined(gone))] if gone else []),
    ]


def _joined(values: Sequence[str]) -> str:
    named = "; ".join(lower_first(short(value, 90)) for value in values[:_NAMED])
    more = say("change_and_more", count=len(values) - _NAMED) if len(values) > _NAMED else ""
    return short(named, _LINE) + more


def notice(changed: Sequence[tuple[Procedure, Sequence[str]]], gone: Sequence[str], when: dt.date) -> Reply:
    """The notice for one follower.

    Args:
        changed: procedures with what changed in each.
        gone: names of procedures that are no longer published.
        when: the day of the change.
    """
    blocks: list[Block] = [Title(say("notice_title")), Paragraph(say("notice_day", day=day(when)))]
    buttons: list[Button] = []
    for procedure, lines in changed:
        blocks += [Paragraph(f"{procedure.name}:"), Items(tuple(Item(line) for line in lines))]
        buttons.append(Button(_button(procedure.name, len(changed)), payload=f"thu-tuc:{procedure.code}"))
    blocks += [Paragraph(say("notice_gone", name=name)) for name in gone]
    if len(changed) == 1 and not gone:
        stop = changed[0][0].code
        buttons.append(Button(say("stop_button"), payload=f"thoi-theo-doi:{stop}"))
    else:
        buttons.append(Button(say("following_button"), payload="lenh:following"))
    return Reply(blocks, buttons)


def _button(name: str, count: int) -> str:
    return say("notice_button") if count == 1 else short(name, 50)


def changed_on(moment: Optional[dt.datetime], today: dt.date) -> dt.date:
    """The day of a change in Vietnam, from UTC; today where it isn't known."""
    return (moment + dt.timedelta(hours=7)).date() if moment else today
