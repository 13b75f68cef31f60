"""Where to go and how to file: who takes the papers and who decides are two different things."""

from __future__ import annotations

import datetime as dt
import re
from typing import Optional

from answers.common import Told, bullets, missing, short, unique
from answers.phrasing import phrases, say, word
from answers.reply import Block, Item, Items, Paragraph
from knowledge.layer import ChannelKind, CodeState, Level
from knowledge.places import OneStop
from knowledge.procedure import ChannelFacts, Procedure
from knowledge.units import SOURCE as UNITS
from knowledge.wording import CHANNELS, LEVELS, counter, dated, lower_first

_OWN_STEPS = 4
_NAMED_UNITS = 16
"""Units of today that a question names; of more it only asks."""
_CENTRE = "trung tâm phục vụ hành chính công"
_COMMUNE_POLICE = re.compile(r"công an (cấp xã|phường|xã)")
_SOME_POLICE = ("được giao", "có điểm tiếp nhận")
"""Words of records whose business only some of the wards' police do."""
_ONLY_CENTRE = re.compile(
    r"trung tâm phục vụ hành chính công( (cấp xã|phường, xã(, đặc khu)?|xã, phường, đặc khu))?(, hoặc nộp trên mạng)?",
    re.IGNORECASE,
)
_BOUND = re.compile(r"\bnơi (cư trú|thường trú|tạm trú|xây|đặt|có đất|có nhà|có công trình|sản xuất|kinh doanh)")


def deciding_agency(procedure: Procedure) -> Optional[str]:
    """Who decides, as the record names it."""
    agencies = procedure.agencies
    return dated(agencies.decides) if agencies and agencies.decides else None


def place(procedure: Procedure, today: dt.date) -> Told:
    """Where papers are taken, who decides, and that it can be filed from home where it can."""
    lines = [*_taken(procedure, today), *_decided(procedure, today)]
    return ([Items(tuple(Item(line) for line in lines))] if lines else missing(procedure, "place", "agencies")), []


def _taken(procedure: Procedure, today: dt.date) -> list[str]:
    receives = procedure.agencies.receives if procedure.agencies else None
    lines = []
    if receives:
        lines.append(say("place_receives", place=lower_first(dated(short(receives, 260)))))
    elif taken := counter(procedure.levels):
        lines.append(say("place_receives", place=taken))
    return lines + [
        f"{CHANNELS[channel.kind]}: {lower_first(short(channel.place, 200))}"
        for channel in procedure.channels(today)
        if channel.place and channel.place != receives
    ]


def _decided(procedure: Procedure, today: dt.date) -> list[str]:
    lines = []
    decides = deciding_agency(procedure)
    if decides:
        lines.append(say("place_decides", agency=lower_first(short(decides, 200))))
    elif "agencies" in procedure.doubtful and procedure.levels:
        lines.append(say("place_level", levels=", ".join(LEVELS[level] for level in procedure.levels)))
    if ChannelKind.ONLINE in procedure.channel_kinds:
        lines.append(say("place_online"))
    return lines


def place_at(procedure: Procedure, today: dt.date, where: OneStop) -> Told:
    """The same for somebody whose place is known: the counter of today's unit, or a question which unit it is."""
    told, _ = place(procedure, today)
    sources = unique([procedure.source(), UNITS])
    here, rule = _counter_of(procedure)
    if asks_unit(procedure, where):
        names = ", ".join(map(unit_name, where.units))
        asked = "place_ask_among" if len(where.units) <= _NAMED_UNITS else "place_ask"
        return [Paragraph(say(asked, named=where.named, names=names)), *told], sources
    if where.unit is None:
        return told, []
    unit = unit_name(where.unit)
    now = [] if where.current else [say("place_now", named=where.named, unit=unit)]
    if here is None:
        return ([Paragraph(now[0]), *told], sources) if now else (told, [])
    taken = [line for line in _taken(procedure, today) if not _ONLY_CENTRE.fullmatch(line.split(": ", 1)[1])]
    lines = [*now, say(here, unit=unit), *([say(rule)] if rule else []), *taken, *_decided(procedure, today)]
    return [Items(tuple(Item(line) for line in lines))], sources


def asks_unit(procedure: Procedure, where: OneStop) -> bool:
    """Say whether it has to be asked in which of today's units somebody is: only where that decides where to go."""
    return where.unit is None and _counter_of(procedure)[0] is not None


def unit_name(unit: str) -> str:
    """A unit within a sentence: 'phường Tân Hưng'."""
    return unit[:1].lower() + unit[1:]


def _counter_of(procedure: Procedure) -> tuple[Optional[str], Optional[str]]:
    """The phrases for the counter in somebody's own unit and for the rule of where to file.

    A citizen may file at any one-stop centre of the province (Decree 118/2025/NĐ-CP; in the city for all procedures
    since 31 December 2025), who decides stays the same. The police, the tax office and social insurance have their
    own counters; what is filed where something lies goes to that unit's centre.
    """
    agencies = procedure.agencies
    places = [way.place for way in procedure.channels(dt.date.max) if way.place and way.kind is ChannelKind.DIRECT]
    taken = " ".join([*places, (agencies.receives if agencies else None) or ""]).lower().strip()
    taken = taken or (counter(procedure.levels) or "").lower()
    if Level.COMMUNE not in procedure.levels:
        return None, None
    if _COMMUNE_POLICE.search(taken):
        return (None, None) if any(word in taken for word in _SOME_POLICE) else ("place_police", None)
    if _CENTRE not in taken:
        return None, None
    if _BOUND.search(taken):
        return "place_centre", "place_bound"
    decides = (agencies.decides if agencies else None) or ""
    return "place_centre", "place_any_bound" if " nơi " in decides else "place_any"


def how_to_file(procedure: Procedure, today: dt.date) -> Told:
    """The way online step by step, then the other ways."""
    kinds = {channel.kind: channel for channel in procedure.channels(today)}
    written = procedure.editorial.steps if procedure.editorial else []
    steps = procedure.listed("steps")
    blocks: list[Block] = []
    if ChannelKind.ONLINE in kinds:
        level = word("online_levels", procedure.online.value) if procedure.online else ""
        name = short(procedure.official_name, 80)
        filled = written[:_OWN_STEPS] or [say("step_fill")]
        sure = procedure.code_state is CodeState.CONFIRMED
        search = say("step_search", name=name, code=procedure.code) if sure else say("step_search_name", name=name)
        lines = [say("step_sign_in"), search, *filled, say("step_send")]
        blocks += [Paragraph(say("file_online", level=level)), Items(tuple(Item(line) for line in lines), "numbers")]
    elif kinds:
        blocks.append(Paragraph(say("no_online")))
    else:
        blocks += missing(procedure, "online")
    others = [_other_way(kinds[kind], procedure) for kind in (ChannelKind.DIRECT, ChannelKind.POST) if kind in kinds]
    if others:
        blocks.append(bullets(others))
    return blocks, unique([steps.source if written else None])


def _other_way(channel: ChannelFacts, procedure: Procedure) -> str:
    name = CHANNELS[channel.kind]
    if channel.kind is ChannelKind.POST:
        note = f"; {channel.note}" if channel.note and procedure.editorial else ""
        return f"{name}: {phrases()['by_post']}{note}"
    agencies = procedure.agencies
    where = channel.place or (agencies.receives if agencies else None) or counter(procedure.levels)
    return f"{name}: {lower_first(short(where, 160))}" if where else name
