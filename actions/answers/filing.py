"""Where to go and how to file: who takes the papers and who decides are two different things."""

from __future__ import annotations

import datetime as dt
from typing import Optional

from actions.answers.common import Told, bullets, missing, short, unique
from actions.phrasing import phrases, say, word
from actions.reply import Block, Item, Items, Paragraph
from knowledge.layer import ChannelKind
from knowledge.procedure import ChannelFacts, Procedure
from knowledge.wording import CHANNELS, LEVELS, counter, dated, lower_first

_OWN_STEPS = 4


def deciding_agency(procedure: Procedure) -> Optional[str]:
    """Who decides, as the record names it."""
    agencies = procedure.agencies
    return dated(agencies.decides) if agencies and agencies.decides else None


def place(procedure: Procedure, today: dt.date) -> Told:
    """Where papers are taken, who decides, and that it can be filed from home where it can."""
    agencies = procedure.agencies
    channels = procedure.channels(today)
    lines: list[str] = []
    receives = agencies.receives if agencies else None
    if receives:
        lines.append(say("place_receives", place=lower_first(dated(short(receives, 260)))))
    elif taken := counter(procedure.levels):
        lines.append(say("place_receives", place=taken))
    lines += [
        f"{CHANNELS[channel.kind]}: {lower_first(short(channel.place, 200))}"
        for channel in channels
        if channel.place and channel.place != receives
    ]
    decides = deciding_agency(procedure)
    if decides:
        lines.append(say("place_decides", agency=lower_first(short(decides, 200))))
    elif "agencies" in procedure.doubtful and procedure.levels:
        names = ", ".join(LEVELS[level] for level in procedure.levels)
        lines.append(say("place_level", levels=names))
    if any(channel.kind is ChannelKind.ONLINE for channel in channels):
        lines.append(say("place_online"))
    if not lines:
        return missing(procedure, "place", "agencies"), []
    return [Items(tuple(Item(line) for line in lines))], []


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
        lines = [say("step_sign_in"), say("step_search", name=name, code=procedure.code), *filled, say("step_send")]
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
