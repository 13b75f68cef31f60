"""What it costs and how long it takes, by channel, as valid today."""

from __future__ import annotations

import datetime as dt
from typing import Optional

from answers.common import Told, missing, unique
from answers.phrasing import say
from answers.reply import Block, Item, Items, Paragraph
from knowledge.layer import Fee
from knowledge.procedure import Procedure
from knowledge.wording import CHANNELS, dated, fee_text, lower_first, money, time_text


def fees(procedure: Procedure, today: dt.date) -> Told:
    """Fees by channel; channels that cost the same share a heading."""
    channels = [(channel, channel.fees) for channel in procedure.channels(today) if channel.fees]
    if not channels:
        return missing(procedure, "fees"), []
    groups: list[tuple[list[str], tuple[Fee, ...]]] = []
    for channel, asked in channels:
        name = CHANNELS[channel.kind]
        same = next((names for names, known in groups if known == asked), None)
        if same is None:
            groups.append(([name], asked))
        else:
            same.append(lower_first(name))
    blocks: list[Block] = []
    for names, asked in groups:
        blocks += [Paragraph(f"{', '.join(names)}:"), Items(tuple(Item(dated(fee_text(fee))) for fee in asked))]
    return blocks, unique([procedure.fee_source(fee) for _, asked in channels for fee in asked])


def headline_fee(procedure: Procedure, today: dt.date) -> Optional[str]:
    """The first fee that is one plain sum without a condition, for the overview."""
    for channel in procedure.channels(today):
        for fee in channel.fees:
            if fee.amount is not None and not fee.when:
                where = f" {say('in_area', area=fee.area)}" if fee.area else ""
                return f"{money(fee.amount)}{where} ({lower_first(CHANNELS[channel.kind])})"
    return None


def times(procedure: Procedure, today: dt.date) -> list[tuple[str, str]]:
    """Channels and words of each processing time, equal ones once."""
    found: dict[str, list[str]] = {}
    for channel in procedure.channels(today):
        for time in channel.times:
            found.setdefault(time_text(time), []).append(CHANNELS[channel.kind])
    return [(", ".join(dict.fromkeys(names)), text) for text, names in found.items()]


def processing_time(procedure: Procedure, today: dt.date) -> Told:
    """How long the agency takes."""
    found = times(procedure, today)
    if not found:
        return missing(procedure, "times"), []
    sources = unique([procedure.time_source(time) for channel in procedure.channels(today) for time in channel.times])
    counting = Paragraph(say("time_counts_from"))
    if len(found) == 1:
        return [Paragraph(say("time_one", time=lower_first(found[0][1]))), counting], sources
    items = Items(tuple(Item(f"{names}: {lower_first(text)}") for names, text in found))
    return [Paragraph(say("time_many")), items, counting], sources
