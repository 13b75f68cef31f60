"""Read the record format of the national portal's export (one JSON object a line)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from knowledge.importers.clean import clean, lines, short_name, without_bullet, without_file_name
from knowledge.importers.money import FeeReading, read_fees, read_time, says_free, split_note
from knowledge.layer import (
    LEGAL_NUMBER_PATTERN,
    Agencies,
    Case,
    Channel,
    ChannelKind,
    Document,
    Layer,
    LegalBasis,
    Level,
    Source,
    portal_code,
)

REQUIRED = ("ma_thu_tuc", "ten_thu_tuc", "detail_url")
DATED = dt.date(2026, 7, 17)
"""The last day of the period in which the export was made."""

_LEVELS = {
    "cấp bộ": Level.MINISTRY,
    "cấp tỉnh": Level.PROVINCE,
    "cấp xã": Level.COMMUNE,
    "cơ quan khác": Level.OTHER,
}
_CHANNELS = {
    "trực tuyến": ChannelKind.ONLINE,
    "trực tiếp": ChannelKind.DIRECT,
    "dịch vụ bưu chính": ChannelKind.POST,
}
MINISTRIES = {
    "bo-tai-chinh": "Bộ Tài chính",
    "bo-nong-nghiep-mt": "Bộ Nông nghiệp và Môi trường",
    "bo-xay-dung": "Bộ Xây dựng",
    "bo-cong-an": "Bộ Công an",
    "bo-tu-phap": "Bộ Tư pháp",
    "ngan-hang-nha-nuoc": "Ngân hàng Nhà nước Việt Nam",
    "toa-an-nhan-dan": "Tòa án nhân dân",
}
USUAL_CASE = "Hồ sơ chung"
_NOT_DOCUMENTS = re.compile(r"^(?:lưu ý|ghi chú|chú ý)", re.I)
# Headings that say what to do with the papers, not who needs them.
_TO_SHOW = re.compile(r"^(?:các )?giấy tờ (?:phải |cần )?xuất trình", re.I)
_TO_HAND_IN = re.compile(r"^(?:các )?(?:giấy tờ (?:phải |cần )?nộp|(?:thành phần )?hồ sơ(?: bao)?(?: gồm)?$)", re.I)
_FULL = re.compile(r"trực tuyến toàn trình", re.I)
_PARTIAL = re.compile(r"trực tuyến một phần|dịch vụ công một phần", re.I)


def read_record(record: Mapping[str, Any], checked: dt.date, today: dt.date) -> Layer:
    """Turn one record into the official layer of its procedure.

    Args:
        record: a JSON object of the export.
        checked: the day on which the export was true.
        today: fees whose time is over by then are left out.

    Raises:
        ValueError: a required field is missing or the record can't be read; the
            message, in Vietnamese, says why.
    """
    missing = [field for field in REQUIRED if not clean(_text(record, field))]
    if missing:
        raise ValueError(f"thiếu {', '.join(missing)}")
    if not isinstance(record.get("kenh_nop", []), list) or not isinstance(record.get("ho_so", []), list):
        raise ValueError("kenh_nop và ho_so phải là danh sách")
    code = portal_code(clean(_text(record, "ma_thu_tuc")))
    name = clean(_text(record, "ten_thu_tuc"), 1_500)
    decision = clean(_text(record, "so_quyet_dinh"), 60)
    channels = _channels(record, today)
    return Layer(
        code=code,
        name=short_name(name),
        official_name=name,
        level=_levels(_text(record, "cap_thuc_hien")),
        kind=clean(_text(record, "loai_thu_tuc")) or None,
        field=clean(_text(record, "linh_vuc")) or None,
        ministry=MINISTRIES.get(_text(record, "bo"), clean(_text(record, "bo"))) or None,
        applicants=clean(_text(record, "doi_tuong_thuc_hien")) or None,
        decision=decision or None,
        sources={
            "portal": Source(
                name=f"Cổng Dịch vụ công quốc gia, bản ghi {code}" + (f" (Quyết định {decision})" if decision else ""),
                url=clean(_text(record, "detail_url")),
                dated=DATED,
                checked=checked,
            )
        },
        portal_url=clean(_text(record, "detail_url")),
        online="full" if _FULL.search(name) else "partial" if _PARTIAL.search(name) else None,
        cases=read_cases((entry.get("nhom"), entry.get("ten"), entry.get("ban_chinh"), entry.get("ban_sao"))
                         for entry in record.get("ho_so", [])),
        channels=channels,
        agencies=_agencies(record),
        steps=lines(_text(record, "trinh_tu_thuc_hien")),
        results=_unique(clean(str(result), 400).rstrip(". ") for result in record.get("ket_qua") or []),
        conditions=lines(_text(record, "yeu_cau_dieu_kien")),
        legal_bases=legal_bases(record.get("can_cu_so_hieu") or []),
    )  # fmt: skip


def _text(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field)
    return value if isinstance(value, str) else ""


def _unique(values: Any) -> list[Any]:
    return list(dict.fromkeys(value for value in values if value))


def _levels(text: str) -> list[Level]:
    return _unique(_LEVELS.get(piece.strip().lower()) for piece in text.split(","))


def legal_bases(numbers: Any) -> list[LegalBasis]:
    """Legal texts by number; strings that are no number are left out."""
    cleaned = _unique(clean(str(number), 80).replace(" ", "") for number in numbers)
    return [LegalBasis(number=number, title=number) for number in cleaned if LEGAL_NUMBER_PATTERN.match(number)]


def _agencies(record: Mapping[str, Any]) -> Agencies | None:
    decides = clean(_text(record, "co_quan_co_tham_quyen"), 300)
    carries_out = clean(_text(record, "co_quan_thuc_hien"), 300)
    receives = clean(_text(record, "dia_chi_tiep_nhan"), 300)
    cooperates = clean(_text(record, "co_quan_phoi_hop"), 300)
    if not (decides or carries_out or receives):
        return None
    return Agencies(
        decides=decides or carries_out or None,
        carries_out=carries_out or None,
        receives=receives or None,
        cooperates=cooperates or None,
    )


def _channels(record: Mapping[str, Any], asof: dt.date) -> list[Channel]:
    channels: dict[ChannelKind, Channel] = {}
    entries = record.get("kenh_nop", [])
    readings = [read_fees(_text(entry, "phi"), _text(entry, "mo_ta"), asof) for entry in entries]
    claimed = [reading for entry, reading in zip(entries, readings, strict=True) if says_free(_text(entry, "phi"))]
    # One channel's note gives the lie to its 'Miễn phí': then the others' is the form's default, too.
    believed = all(_is_free(reading) for reading in claimed)
    for entry, reading in zip(entries, readings, strict=True):
        kind = _CHANNELS.get(clean(_text(entry, "kenh")).lower())
        if kind is None:
            continue
        time = read_time(_text(entry, "thoi_gian"))
        fees = reading.fees if believed or not _is_free(reading) else []
        note = clean(split_note(_text(entry, "mo_ta"))[1], 400)
        channel = channels.setdefault(kind, Channel(kind=kind, note=note or None))
        if time and time not in channel.times:
            channel.times.append(time)
        channel.fees.extend(fee for fee in fees if fee not in channel.fees)
    return list(channels.values())


def _is_free(reading: FeeReading) -> bool:
    return [fee.amount for fee in reading.fees] == [0]


def read_cases(entries: Any) -> list[Case]:
    """Group the documents by case; remarks and rows without any paper are left out.

    Args:
        entries: tuples (case, document, originals, copies) in the portal's order.
    """
    cases: dict[str, list[Document]] = {}
    for group, title, originals, copies in entries:
        case = without_bullet(clean(group, 300)).rstrip(":. ") or USUAL_CASE
        show_only = _TO_SHOW.match(case) is not None
        if show_only or _TO_HAND_IN.match(case):
            case = USUAL_CASE
        name = without_bullet(without_file_name(clean(title, 700))).rstrip(";. ")
        counts = [value if isinstance(value, int) and 0 <= value <= 20 else 0 for value in (originals, copies)]
        if not name or not any(counts) or _NOT_DOCUMENTS.match(case):
            continue
        document = Document(name=name, original=counts[0], copy=counts[1], show_only=show_only)
        papers = cases.setdefault(case, [])
        if document not in papers:
            papers.append(document)
    return [Case(name=case, documents=papers) for case, papers in cases.items()]
