"""How facts are written for people: money, days, fees, times, papers. The chat, the pages and the terminal share it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from knowledge.importers.clean import names_old_units
from knowledge.layer import ChannelKind, CodeState, Document, Fee, Group, Level, OnlineLevel, ProcessingTime

GROUPS: Final = {
    Group.CIVIL_STATUS: "Hộ tịch: khai sinh, kết hôn, khai tử",
    Group.RESIDENCE: "Cư trú: thường trú, tạm trú",
    Group.IDENTITY: "Căn cước, định danh",
    Group.IMMIGRATION: "Hộ chiếu, xuất nhập cảnh",
    Group.TRANSPORT: "Xe cộ, bằng lái",
    Group.LAND: "Đất đai, sổ đỏ",
    Group.CONSTRUCTION: "Xây dựng",
    Group.HOUSING: "Nhà ở",
    Group.ECONOMY: "Kinh doanh, doanh nghiệp, thuế",
    Group.LABOUR: "Lao động, việc làm, bảo hiểm xã hội",
    Group.CERTIFICATION: "Chứng thực, công chứng",
    Group.AGRICULTURE: "Nông nghiệp, môi trường",
    Group.JUSTICE: "Tư pháp",
    Group.HEALTH: "Y tế, an toàn thực phẩm",
    Group.EDUCATION: "Giáo dục",
    Group.SOCIAL: "Trợ giúp xã hội, người có công",
    Group.CULTURE: "Văn hóa, thể thao, du lịch",
    Group.OTHER: "Việc khác",
}
LEVELS: Final = {
    Level.COMMUNE: "phường, xã, đặc khu",
    Level.PROVINCE: "tỉnh, thành phố",
    Level.MINISTRY: "bộ, ngành trung ương",
    Level.OTHER: "cơ quan khác",
}
CHANNELS: Final = {
    ChannelKind.ONLINE: "Trực tuyến",
    ChannelKind.DIRECT: "Nộp trực tiếp",
    ChannelKind.POST: "Qua bưu điện",
}
ONLINE_LEVELS: Final = {
    OnlineLevel.FULL: "làm trọn trên mạng",
    OnlineLevel.PARTIAL: "một phần trên mạng",
    OnlineLevel.NONE: "chưa nộp được trên mạng",
}
_COUNTERS: Final = {
    Level.COMMUNE: "Trung tâm Phục vụ hành chính công phường, xã, đặc khu",
    Level.PROVINCE: "Trung tâm Phục vụ hành chính công tỉnh, thành phố (TP.HCM là 43 Nguyễn Văn Bá, phường Thủ Đức, "
    "hoặc điểm tiếp nhận gần bạn)",
}
OLD_UNITS: Final = "(tên cũ, cấp huyện đã bỏ từ 1/7/2025)"
LONG_UNCHECKED: Final = "đã hơn 180 ngày, bạn xem lại trên Cổng trước khi nộp"
_LONGEST_REMARK = 160
_FIND_BY_NAME = "Bạn tìm theo tên trên Cổng, hoặc hỏi nơi nhận hồ sơ trước khi nộp."


def money(amount: int) -> str:
    """An amount in đồng: 50000 -> '50.000 đồng', 0 -> 'miễn phí'."""
    return "miễn phí" if amount == 0 else f"{amount:,} đồng".replace(",", ".")


def day(date: dt.date) -> str:
    """A date as people write it: 24/11/2026."""
    return f"{date.day}/{date.month}/{date.year}"


def code_caution(state: CodeState, listed: dt.date | None) -> str | None:
    """What to say of a code that nobody has seen on the portal lately, or that isn't known at all."""
    if state is CodeState.CONFIRMED:
        return None
    if state is CodeState.UNCONFIRMED and listed:
        return f"Mã thủ tục này lấy từ danh mục ngày {day(listed)}, chưa xác nhận còn dùng. {_FIND_BY_NAME}"
    return f"Chưa thấy mã của việc này trên Cổng. {_FIND_BY_NAME}"


def lower_first(text: str) -> str:
    """The text with a small first letter, unless it begins with an abbreviation or a proper name.

    'Trung tâm Phục vụ…' and 'Cục Cảnh sát…' are names: a capital follows within two words.
    """
    words = text.split(" ", 3)[:3]
    is_name = any(word[:1].isupper() for word in words[1:]) or (words and words[0][1:] != words[0][1:].lower())
    return text if is_name else text[:1].lower() + text[1:]


def dated(text: str) -> str:
    """A text of the portal, marked where it still names bodies of the abolished districts."""
    return f"{text} {OLD_UNITS}" if names_old_units(text) else text


def counter(levels: Sequence[Level]) -> str | None:
    """Where paper dossiers are handed in, by level (Decree 118/2025/NĐ-CP)."""
    return next((place for level, place in _COUNTERS.items() if level in levels), None)


def fee_text(fee: Fee) -> str:
    """One fee in a line: what for, how much, when and where it holds, until when."""
    parts = []
    if fee.amount is not None:
        per = f"/{fee.per.lstrip('/ ')}" if fee.per and fee.amount else ""
        parts.append(f"{money(fee.amount)}{per}")
    if fee.text and (fee.amount is None or len(fee.text) < _LONGEST_REMARK):
        parts.append(fee.text)
    conditions = [lower_first(fee.when) if fee.when else "", f"ở {fee.area}" if fee.area else ""]
    where = ", ".join(part for part in conditions if part)
    return f"{fee.label}: {'; '.join(parts)}" + (f" ({where})" if where else "") + _until(fee.end)


def time_text(time: ProcessingTime) -> str:
    """One processing time in words: how long, when it holds, until when."""
    return time.text + (f" ({lower_first(time.when)})" if time.when else "") + _until(time.end)


def _until(end: dt.date | None) -> str:
    return f", áp dụng đến {day(end)}" if end else ""


def paper_note(paper: Document) -> str | None:
    """How a paper is handed in: originals and copies, shown only, only if there is one, a remark."""
    counts = []
    if paper.original:
        counts.append(f"{paper.original} bản chính")
    if paper.copies:
        counts.append(f"{paper.copies} bản sao")
    how = " và ".join(counts)
    if paper.show_only:
        how = f"xuất trình {how}".strip()
    remarks = [how, "nếu có" if paper.if_any else "", paper.note or ""]
    return "; ".join(remark for remark in remarks if remark) or None
