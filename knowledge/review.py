"""What a reader would stumble over in a procedure's text, and facts that can't stand together.

The schema says what a content file may hold; this says how it should read. ``motcua check`` tells both.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Optional

from knowledge.importers.clean import names_old_units
from knowledge.layer import Channel, Fee, Layer

LONGEST_SENTENCE = 25
"""Words of a sentence that most people still take in at one reading."""
Place = tuple[Hashable, ...]
Fault = tuple[Place, str]

_LISTS = ("applies", "steps", "results", "conditions", "mistakes", "warnings")
_WEB = re.compile(r"https?://\S+\.\S+$")
_DAY = dt.timedelta(days=1)


def long_sentences(texts: Iterable[str]) -> list[str]:
    """Sentences with too many words, as their first words."""
    sentences = (sentence for text in texts for sentence in re.split(r"(?<=[.?!:;…])\s+|\n", text))
    return [" ".join(words[:6]) + "…" for sentence in sentences if len(words := sentence.split()) > LONGEST_SENTENCE]


def faults(layer: Layer) -> Iterator[Fault]:
    """What is wrong with the way a procedure is told, with the place of each."""
    for place, text in _texts(layer):
        for start in long_sentences([text]):
            yield place, f"câu quá dài (hơn {LONGEST_SENTENCE} chữ): {start}"
    for name in _LISTS:
        for at, text in enumerate(getattr(layer, name)):
            if text[:1].islower():
                yield (name, at), f"mục bắt đầu bằng chữ thường, có lẽ bị cắt ở dấu phẩy: {text[:30]}"
    for key, source in layer.sources.items():
        if source.dated and source.dated > source.checked:
            yield ("sources", key), "ngày của văn bản (dated) sau ngày kiểm (checked)"
    for place, url in _links(layer):
        if url and not _WEB.match(url):
            yield place, "địa chỉ phải bắt đầu bằng https:// hoặc http:// và không có dấu cách"
    for place, agency in _agencies(layer):
        if agency and names_old_units(agency):
            yield place, "nêu cơ quan cấp huyện, đã bỏ từ 1/7/2025"
    for at, channel in enumerate(layer.channels):
        for number, reason in _periods(channel):
            yield ("channels", at, "fees", number), reason


def _texts(layer: Layer) -> Iterator[tuple[Place, str]]:
    found: list[tuple[Place, Optional[str]]] = [
        (("summary",), layer.summary),
        (("documents_note",), layer.documents_note),
        *(((name, at), text) for name in _LISTS for at, text in enumerate(getattr(layer, name))),
        *((("instead", at), other.when) for at, other in enumerate(layer.instead)),
        *_agencies(layer),
    ]
    for at, case in enumerate(layer.cases):
        found.append((("cases", at), case.when))
        found += [(("cases", at, "documents", number), paper.note) for number, paper in enumerate(case.documents)]
    for at, channel in enumerate(layer.channels):
        found.append((("channels", at), channel.note))
        for number, time in enumerate(channel.times):
            found += [(("channels", at, "times", number), text) for text in (time.text, time.when)]
        for number, fee in enumerate(channel.fees):
            found += [(("channels", at, "fees", number), text) for text in (fee.text, fee.when)]
    return ((place, text) for place, text in found if text)


def _links(layer: Layer) -> Iterator[tuple[Place, Optional[str]]]:
    yield ("portal_url",), layer.portal_url
    yield from ((("sources", key, "url"), source.url) for key, source in layer.sources.items())
    yield from ((("forms", at, "url"), form.url) for at, form in enumerate(layer.forms))


def _agencies(layer: Layer) -> Iterator[tuple[Place, Optional[str]]]:
    if layer.agencies:
        for role in ("decides", "receives", "carries_out", "cooperates"):
            yield ("agencies", role), getattr(layer.agencies, role)
    yield from ((("channels", at, "place"), channel.place) for at, channel in enumerate(layer.channels))


def _periods(channel: Channel) -> Iterator[tuple[int, str]]:
    """Amounts for one thing that hold on the same day, and days between two on which none holds."""
    same: dict[Hashable, list[tuple[int, Fee]]] = defaultdict(list)
    for number, fee in enumerate(channel.fees):
        if fee.amount is not None:
            same[fee.label, fee.when, fee.area, fee.per].append((number, fee))
    for fees in same.values():
        in_order = sorted(fees, key=lambda pair: pair[1].start or dt.date.min)
        for (_, before), (number, after) in itertools.pairwise(in_order):
            start, end = after.start or dt.date.min, before.end or dt.date.max
            if start <= end:
                yield number, f"'{after.label}': hai mức cùng áp dụng trong một ngày"
            elif start > end + _DAY:
                yield number, f"'{after.label}': từ {end + _DAY} đến {start - _DAY} không có mức nào"
