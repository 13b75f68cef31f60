"""Build the answer for one aspect of one procedure, from its record and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Optional

from actions.outcome import Aspect
from actions.phrasing import day, lower_first, money, say, word
from actions.reply import Block, Button, Item, Items, Paragraph, Reply, SourceLine, Title, fit
from knowledge.importers.clean import names_old_units
from knowledge.layer import Case, Document, Fee, Level, OnlineLevel, ProcessingTime, Source
from knowledge.procedure import ChannelFacts, Procedure
from vietnamese.understand import folded_words

# What people ask next, most likely first.
_NEXT = {
    Aspect.WHICH: (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.FEE, Aspect.TIME),
    Aspect.DOCUMENTS: (Aspect.HOW_TO_FILE, Aspect.FEE, Aspect.TIME, Aspect.FORM),
    Aspect.FEE: (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.TIME),
    Aspect.TIME: (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.FEE),
    Aspect.PLACE: (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.FEE),
    Aspect.HOW_TO_FILE: (Aspect.DOCUMENTS, Aspect.FEE, Aspect.TIME),
}
_NEXT_DEFAULT = (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.FEE)
_MAX_CASES = 6

_Told = tuple[list[Block], list[Source]]
"""Blocks, and the sources of the facts in them."""
_Builder = Callable[[Procedure, dt.date, Sequence[str]], _Told]


def answer(
    procedure: Procedure, aspect: Aspect, today: dt.date, words: Sequence[str] = (), case: Optional[int] = None
) -> Reply:
    """The answer with its source and the next buttons.

    Args:
        procedure: the record.
        aspect: what was asked.
        today: decides which fees and times are valid.
        words: folded words of the message; they choose a case of the documents.
        case: a case chosen by number, from 0.
    """
    chosen = case if case is not None else _case_in(procedure, words)
    if aspect is Aspect.DOCUMENTS:
        blocks, sources = _documents(procedure, chosen)
    else:
        blocks, sources = _BUILDERS.get(aspect, _which)(procedure, today, words)
    head: list[Block] = [Title(procedure.name)]
    tail: list[Block] = [source_line(sources or _unique([procedure.source()]))]
    reply = Reply(fit([*head, *blocks, *tail], say("more_on_portal")))
    if aspect is Aspect.DOCUMENTS and len(procedure.cases) > 1 and chosen is None:
        reply.buttons += [
            Button(_short(item.name), payload=f"thu-tuc:{procedure.code}:documents:{at}")
            for at, item in enumerate(procedure.cases[:4])
        ]
    else:
        following = _NEXT.get(aspect, _NEXT_DEFAULT)
        reply.buttons += [
            Button(word("aspects", other.value), payload=f"thu-tuc:{procedure.code}:{other.value}")
            for other in following
        ]
    reply.buttons.append(Button(say("open_portal"), url=procedure.portal_url))
    return reply


def source_line(sources: Sequence[Source]) -> SourceLine:
    """The line that every answer ends with: where its facts come from, and when that was checked."""
    names = "; ".join(source.name for source in sources)
    return SourceLine(f"{names}, kiểm ngày {day(min(source.checked for source in sources))}", sources[0].url)


def _short(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"


def _missing(procedure: Procedure, what: str, field: Optional[str] = None) -> list[Block]:
    name = "doubtful" if (field or what) in procedure.doubtful else "see_portal"
    return [Paragraph(say(name, what=word("whats", what)))]


def _dated(text: str) -> str:
    return f"{text} {say('old_units')}" if names_old_units(text) else text


def _which(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    blocks: list[Block] = []
    if procedure.summary:
        blocks.append(Paragraph(procedure.summary))
    elif procedure.official_name != procedure.name:
        blocks.append(Paragraph(procedure.official_name))
    applies = procedure.listed("applies")
    if applies.values:
        blocks.append(Items(tuple(Item(text) for text in applies.values[:3])))
    facts = []
    times = _times(procedure, today)
    if times:
        facts.append(Item(f"Thời hạn: {lower_first(times[0][1])}"))
    fee = _headline_fee(procedure, today)
    if fee:
        facts.append(Item(f"Phí: {fee}"))
    place = _place_line(procedure)
    if place:
        facts.append(Item(f"Nơi giải quyết: {lower_first(place)}"))
    if facts:
        blocks.append(Items(tuple(facts)))
    warnings = procedure.listed("warnings").values
    if warnings:
        blocks.append(Paragraph(f"Lưu ý: {warnings[0]}"))
    return blocks or _missing(procedure, "conditions"), _unique([applies.source])


# Documents


def _case_in(procedure: Procedure, words: Sequence[str]) -> Optional[int]:
    """The one case whose own words the message uses, if there is just one."""
    if len(procedure.cases) < 2:
        return 0 if procedure.cases else None
    said = set(words)
    texts = [set(folded_words(f"{case.name} {case.when or ''}")) for case in procedure.cases]
    scores = []
    for at, text in enumerate(texts):
        own = text - set().union(*(other for place, other in enumerate(texts) if place != at))
        scores.append(len(own & said))
    best = max(scores)
    return scores.index(best) if best >= 2 and scores.count(best) == 1 else None


def _documents(procedure: Procedure, chosen: Optional[int]) -> _Told:
    cases = procedure.cases
    if not cases:
        return _missing(procedure, "documents"), []
    if chosen is not None and chosen < len(cases):
        case = cases[chosen]
        head = f"{case.name}. Bạn chuẩn bị:" if len(cases) > 1 else "Bạn chuẩn bị:"
        return [Paragraph(head), *_checklist(case), *_note(procedure)], _unique([procedure.documents_source])
    first = cases[0]
    names = "; ".join(lower_first(_short(case.name, 70)) for case in cases[1:_MAX_CASES])
    more = f" và {len(cases) - _MAX_CASES} trường hợp nữa" if len(cases) > _MAX_CASES else ""
    blocks: list[Block] = [
        Paragraph(f"Giấy tờ tùy trường hợp. Thường gặp nhất: {lower_first(_short(first.name, 90))}."),
        *_checklist(first),
        Paragraph(f"Trường hợp khác: {names}{more}. Bạn bấm nút hoặc nói trường hợp của bạn."),
    ]
    return blocks, _unique([procedure.documents_source])


def _note(procedure: Procedure) -> list[Block]:
    return [Paragraph(procedure.documents_note)] if procedure.documents_note else []


def _checklist(case: Case) -> list[Block]:
    return [Items(tuple(_paper(paper) for paper in case.documents), "checklist")]


def _paper(paper: Document) -> Item:
    counts = []
    if paper.original:
        counts.append(f"{paper.original} bản chính")
    if paper.copies:
        counts.append(f"{paper.copies} bản sao")
    how = " và ".join(counts)
    if paper.show_only:
        how = f"xuất trình {how}" if how else "xuất trình"
    remarks = [how, "nếu có" if paper.if_any else "", paper.note or ""]
    return Item(_dated(_short(paper.name, 220)), "; ".join(remark for remark in remarks if remark) or None)


# Fees


def _fee_text(fee: Fee) -> str:
    parts = []
    if fee.amount is not None:
        per = f"/{fee.per.lstrip('/ ')}" if fee.per and fee.amount else ""
        parts.append(f"{money(fee.amount)}{per}")
        if fee.text and len(fee.text) < 160:
            parts.append(fee.text)
    elif fee.text:
        parts.append(fee.text)
    conditions = [fee.when or "", f"ở {fee.area}" if fee.area else ""]
    where = ", ".join(lower_first(part) for part in conditions if part)
    text = f"{fee.label}: {'; '.join(parts)}" + (f" ({where})" if where else "")
    if fee.end:
        text += f", áp dụng đến {day(fee.end)}"
    return text


def _fees(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    channels = [(channel, channel.fees) for channel in procedure.channels(today) if channel.fees]
    if not channels:
        return _missing(procedure, "fees"), []
    blocks: list[Block] = []
    groups: list[tuple[list[str], tuple[Fee, ...]]] = []
    for channel, fees in channels:
        name = word("channels", channel.kind.value)
        same = next((names for names, known in groups if known == fees), None)
        if same is None:
            groups.append(([name], fees))
        else:
            same.append(name)
    for names, fees in groups:
        blocks += [Paragraph(f"{', '.join(names)}:"), Items(tuple(Item(_dated(_fee_text(fee))) for fee in fees))]
    sources = [procedure.fee_source(fee) for _, fees in channels for fee in fees]
    return blocks, _unique(sources)


def _unique(sources: Sequence[Optional[Source]]) -> list[Source]:
    return [source for at, source in enumerate(sources) if source is not None and source not in sources[:at]]


def _headline_fee(procedure: Procedure, today: dt.date) -> Optional[str]:
    """The first fee that is one plain sum, for the overview."""
    for channel in procedure.channels(today):
        for fee in channel.fees:
            if fee.amount is not None and not fee.when:
                where = f" ở {fee.area}" if fee.area else ""
                return f"{money(fee.amount)}{where} ({lower_first(word('channels', channel.kind.value))})"
    return None


# Times


def _times(procedure: Procedure, today: dt.date) -> list[tuple[str, str]]:
    """Channel and words of each processing time, equal ones once."""
    found: dict[str, list[str]] = {}
    for channel in procedure.channels(today):
        for time in channel.times:
            found.setdefault(_time_text(time), []).append(word("channels", channel.kind.value))
    return [(", ".join(dict.fromkeys(names)), text) for text, names in found.items()]


def _time_text(time: ProcessingTime) -> str:
    text = time.text
    if time.when:
        text += f" ({lower_first(time.when)})"
    if time.end:
        text += f", áp dụng đến {day(time.end)}"
    return text


def _processing_time(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    times = _times(procedure, today)
    if not times:
        return _missing(procedure, "times"), []
    sources = _unique([procedure.time_source(time) for channel in procedure.channels(today) for time in channel.times])
    if len({text for _, text in times}) == 1:
        return [Paragraph(f"Thời hạn giải quyết: {lower_first(times[0][1])}."), _counting()], sources
    items = tuple(Item(f"{names}: {lower_first(text)}") for names, text in times)
    return [Paragraph("Thời hạn giải quyết:"), Items(items), _counting()], sources


def _counting() -> Paragraph:
    return Paragraph("Tính từ khi hồ sơ nộp đủ và hợp lệ.")


# Places


def _place_line(procedure: Procedure) -> Optional[str]:
    agencies = procedure.agencies
    return _dated(agencies.decides) if agencies and agencies.decides else None


def _place(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    agencies = procedure.agencies
    items: list[Item] = []
    if agencies and agencies.receives:
        items.append(Item(f"Nơi nhận hồ sơ: {lower_first(_dated(_short(agencies.receives, 260)))}"))
    elif counter := _counter(procedure.levels):
        items.append(Item(f"Nơi nhận hồ sơ: {counter}"))
    places = [channel for channel in procedure.channels(today) if channel.place]
    items += [Item(f"{word('channels', channel.kind.value)}: {lower_first(_short(channel.place or '', 200))}") for channel in places
              if not (agencies and agencies.receives and channel.place == agencies.receives)]  # fmt: skip
    decides = _place_line(procedure)
    if decides:
        items.append(Item(f"Nơi giải quyết: {lower_first(_short(decides, 200))}"))
    elif "agencies" in procedure.doubtful and procedure.levels:
        items.append(Item(f"Cấp giải quyết: {_level_words(procedure.levels)}"))
    if any(channel.kind.value == "online" for channel in procedure.channels(today)):
        items.append(Item("Hoặc nộp tại nhà trên dichvucong.gov.vn"))
    if not items:
        return _missing(procedure, "place", "agencies"), []
    return [Items(tuple(items))], []


def _counter(levels: Sequence[Level]) -> Optional[str]:
    """Where paper dossiers are handed in, by level (Decree 118/2025/NĐ-CP)."""
    if Level.COMMUNE in levels:
        return "Trung tâm Phục vụ hành chính công phường, xã, đặc khu"
    if Level.PROVINCE in levels:
        return (
            "Trung tâm Phục vụ hành chính công tỉnh, thành phố (TP.HCM: 43 Nguyễn Văn Bá, phường Thủ Đức,"
            " hoặc điểm tiếp nhận gần bạn)"
        )
    return None


def _level_words(levels: Sequence[Level]) -> str:
    return ", ".join(word("levels", level.value) for level in levels)


# Filing


def _how_to_file(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    kinds = {channel.kind.value: channel for channel in procedure.channels(today)}
    steps = procedure.listed("steps")
    own = steps.values[:4] if steps.values and procedure.editorial is not None and procedure.editorial.steps else ()
    blocks: list[Block] = []
    if "online" in kinds:
        whole = {OnlineLevel.FULL: " (toàn trình)", OnlineLevel.PARTIAL: " (một phần)"}
        blocks.append(Paragraph(f"Nộp trên mạng{whole.get(procedure.online, '') if procedure.online else ''}:"))
        lines = [
            "Vào dichvucong.gov.vn, đăng nhập bằng VNeID mức 2.",
            f'Tìm "{_short(procedure.official_name, 80)}" hoặc mã {procedure.code}, chọn tỉnh, phường xã và cơ quan.',
            *(own or ["Điền mẫu điện tử, đính kèm giấy tờ rõ nét, nộp phí nếu có."]),
            "Bấm Nộp, lưu mã hồ sơ để theo dõi.",
        ]
        blocks.append(Items(tuple(Item(line) for line in lines), "numbers"))
    elif procedure.channel_kinds:
        blocks.append(Paragraph("Bản ghi không nêu cách nộp trực tuyến cho thủ tục này."))
    else:
        blocks += _missing(procedure, "online")
    others = [_other_way(kinds[kind], procedure) for kind in ("direct", "post") if kind in kinds]
    if others:
        blocks.append(Items(tuple(Item(line) for line in others)))
    return blocks, _unique([steps.source])


def _other_way(channel: ChannelFacts, procedure: Procedure) -> str:
    name = word("channels", channel.kind.value)
    if channel.kind.value == "direct":
        place = (
            channel.place or (procedure.agencies.receives if procedure.agencies else None) or _counter(procedure.levels)
        )
        return f"{name}: {lower_first(_short(place, 160))}" if place else name
    return f"{name}: gửi hồ sơ theo đường bưu chính công ích" + (
        f"; {channel.note}" if channel.note and procedure.editorial else ""
    )


# The rest


def _eligibility(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    applies, conditions = procedure.listed("applies"), procedure.listed("conditions")
    blocks: list[Block] = []
    if applies.values:
        blocks += [Paragraph("Dành cho:"), Items(tuple(Item(text) for text in applies.values))]
    elif procedure.official and procedure.official.applicants:
        blocks.append(Paragraph(f"Đối tượng: {procedure.official.applicants}."))
    if conditions.values:
        blocks += [
            Paragraph("Điều kiện:"),
            Items(tuple(Item(_dated(_short(text, 260))) for text in conditions.values[:8])),
        ]
    elif blocks:
        blocks.append(Paragraph("Bản ghi không nêu điều kiện nào khác."))
    if procedure.instead:
        others = tuple(Item(other.when, f"thủ tục {other.code}") for other in procedure.instead[:3])
        blocks += [Paragraph("Thuộc thủ tục khác nếu:"), Items(others)]
    return blocks or _missing(procedure, "conditions"), _unique([conditions.source, applies.source])


def _form(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    forms = procedure.forms
    if not forms:
        return [*_missing(procedure, "forms"), Paragraph("Khi nộp trên mạng, bạn điền mẫu điện tử ngay trên Cổng.")], []
    items = tuple(Item(_short(form.name, 220), form.note) for form in forms[:5])
    text = "Mẫu có ở trang thủ tục trên Cổng (nút bên dưới) và tại quầy. Nộp trên mạng thì điền mẫu điện tử."
    return [Items(items), Paragraph(text)], _unique([procedure.listed("forms").source])


def _result(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    results = procedure.listed("results")
    if not results.values:
        return _missing(procedure, "results"), []
    items = tuple(Item(_short(text, 260)) for text in results.values[:5])
    return [Paragraph("Kết quả bạn nhận:"), Items(items)], _unique([results.source])


def _legal_basis(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    bases = procedure.legal_bases
    if not bases:
        return _missing(procedure, "legal_bases"), []
    items = tuple(
        Item(basis.number if basis.title == basis.number else f"{_short(basis.title, 90)} ({basis.number})")
        for basis in bases[:10]
    )
    return [Paragraph("Căn cứ pháp lý:"), Items(items)], _unique([procedure.listed("legal_bases").source])


def _portal_link(procedure: Procedure, today: dt.date, words: Sequence[str]) -> _Told:
    return [Paragraph(f"Trang của thủ tục trên Cổng: {procedure.portal_url}"),
            Paragraph("Đăng nhập bằng VNeID để nộp. Chỉ dùng đúng địa chỉ dichvucong.gov.vn.")], []  # fmt: skip


_BUILDERS: dict[Aspect, _Builder] = {
    Aspect.WHICH: _which,
    Aspect.FEE: _fees,
    Aspect.TIME: _processing_time,
    Aspect.PLACE: _place,
    Aspect.HOW_TO_FILE: _how_to_file,
    Aspect.ELIGIBILITY: _eligibility,
    Aspect.FORM: _form,
    Aspect.RESULT: _result,
    Aspect.LEGAL_BASIS: _legal_basis,
    Aspect.PORTAL_LINK: _portal_link,
}
