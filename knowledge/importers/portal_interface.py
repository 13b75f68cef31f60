"""Read the answer shape of the portal's own interface (seen in September 2026)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Optional

from knowledge.importers.clean import clean, lines, short_name
from knowledge.importers.money import LABEL, SMALLEST_AMOUNT, read_fees
from knowledge.importers.portal_records import legal_bases, read_cases
from knowledge.layer import (
    LARGEST_AMOUNT,
    Agencies,
    Channel,
    ChannelKind,
    Fee,
    Layer,
    LegalBasis,
    Level,
    OnlineLevel,
    ProcessingTime,
    Source,
    TimeUnit,
    portal_code,
)

PAGE = "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/{id}"
_METHODS = {"ONLINE": ChannelKind.ONLINE, "POSTAL": ChannelKind.POST, "DIRECT": ChannelKind.DIRECT}
_UNITS = {
    "WORKING_DAY": (TimeUnit.WORKING_DAY, "ngày làm việc"),
    "WORKING_DAYS": (TimeUnit.WORKING_DAY, "ngày làm việc"),
    "DAY": (TimeUnit.DAY, "ngày"),
    "DAYS": (TimeUnit.DAY, "ngày"),
    "HOUR": (TimeUnit.HOUR, "giờ"),
    "HOURS": (TimeUnit.HOUR, "giờ"),
    "MONTH": (TimeUnit.MONTH, "tháng"),
    "MONTHS": (TimeUnit.MONTH, "tháng"),
}
_LEVEL_FLAGS = (("isWard", Level.COMMUNE), ("isProvince", Level.PROVINCE), ("isMinistry", Level.MINISTRY))


def read_object(record: Mapping[str, Any], checked: dt.date) -> Layer:
    """Turn one object of the interface into the official layer of its procedure.

    Raises:
        ValueError: id, code or name is missing; the message, in Vietnamese, says so.
    """
    missing = [field for field in ("id", "code", "name") if not clean(str(record.get(field) or ""))]
    if missing:
        raise ValueError(f"thiếu {', '.join(missing)}")
    code, name = portal_code(clean(str(record["code"]), 40)), clean(str(record["name"]), 1_500)
    proposal = _mapping(record.get("procedureProposal"))
    decision = clean(str(proposal.get("proposalNumber") or ""), 60)
    url = PAGE.format(id=clean(str(record["id"]), 80))
    return Layer(
        code=code,
        name=short_name(name),
        official_name=name,
        level=[level for flag, level in _LEVEL_FLAGS if record.get(flag) is True],
        field=_names(record.get("categoriesDetails")) or None,
        ministry=clean(str(record.get("departmentPromulgateName") or "")) or None,
        applicants=_names(record.get("subjectTypesDetails")) or None,
        decision=decision or None,
        sources={
            "portal": Source(
                name=f"Cổng Dịch vụ công quốc gia, bản ghi {code}" + (f" (Quyết định {decision})" if decision else ""),
                url=url,
                dated=_day(record.get("updatedAt") or record.get("createdAt")),
                checked=checked,
            )
        },
        portal_url=url,
        online=_online(record),
        cases=read_cases(_documents(record)),
        channels=_channels(record, checked),
        agencies=_agencies(record),
        steps=[line for step in _objects(record.get("executionSteps")) for line in _step(step)][:60],
        results=list(dict.fromkeys(filter(None, (clean(str(result.get("name") or ""), 400)
                                                 for result in _objects(record.get("resultsDetails")))))),
        conditions=lines(str(record.get("requirementsAndConditions") or "")),
        legal_bases=_legal_bases(record),
    )  # fmt: skip


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> Iterable[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _names(value: Any) -> str:
    return ", ".join(filter(None, (clean(str(entry.get("name") or "")) for entry in _objects(value))))


def _day(milliseconds: Any) -> Optional[dt.date]:
    if not isinstance(milliseconds, (int, float)) or not 0 < milliseconds < 4e12:
        return None
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.timezone.utc).date()


def _online(record: Mapping[str, Any]) -> Optional[OnlineLevel]:
    if record.get("isOfflineOnly") is True:
        return OnlineLevel.NONE
    if record.get("isFullProcess") is True:
        return OnlineLevel.FULL
    online = any(method.get("submissionMethod") == "ONLINE" for method in _objects(record.get("executionMethods")))
    return OnlineLevel.PARTIAL if online and record.get("isFullProcess") is False else None


def _step(step: Mapping[str, Any]) -> list[str]:
    name = clean(str(step.get("name") or ""), 300)
    described = lines(str(step.get("description") or ""))
    return [*([name] if name and name not in described else []), *described]


def _documents(record: Mapping[str, Any]) -> Iterable[tuple[str, str, Any, Any]]:
    for case in _objects(record.get("executionCases")):
        for paper in _objects(case.get("profileComponents")):
            yield (
                str(case.get("name") or ""),
                str(paper.get("name") or ""),
                paper.get("originalQty"),
                paper.get("copyQty"),
            )


def _channels(record: Mapping[str, Any], asof: dt.date) -> list[Channel]:
    channels: dict[ChannelKind, Channel] = {}
    for method in _objects(record.get("executionMethods")):
        kind = _METHODS.get(str(method.get("submissionMethod")))
        if kind is None:
            continue
        channel = channels.setdefault(kind, Channel(kind=kind))
        amount, unit = method.get("processingTime"), _UNITS.get(str(method.get("processingTimeUnit")))
        if type(amount) is int and 0 < amount < 1_000 and unit:  # unit OTHER: a bare number, not to be shown
            channel.times.append(ProcessingTime(text=f"{amount} {unit[1]}", amount=amount, unit=unit[0]))
        for entry in _objects(method.get("fees")):
            channel.fees.extend(_fees(entry, asof))
    return list(channels.values())


def _fees(entry: Mapping[str, Any], asof: dt.date) -> list[Fee]:
    value = entry.get("value")
    note = clean(str(entry.get("description") or entry.get("note") or ""))
    label = clean(str(entry.get("name") or ""), 120) or LABEL
    if isinstance(value, (int, float)) and SMALLEST_AMOUNT <= value <= LARGEST_AMOUNT:
        cell = f"{int(value):,} VNĐ"
    elif value == 0 and str(entry.get("type", "")).upper() in {"FREE", "MIEN_PHI"}:
        cell = "Miễn phí"
    else:
        cell = ""  # an empty or small number says nothing that could be told
    reading = read_fees(cell, f"({note})" if note else "", asof)
    return [fee.copy(update={"label": label}) for fee in reading.fees]


def _agencies(record: Mapping[str, Any]) -> Optional[Agencies]:
    carries_out = _names(record.get("departmentsExecuting"))[:300]
    addresses = record.get("dossierReceivingAddresses")
    receives = clean(addresses if isinstance(addresses, str) else "", 300) or _names(addresses)[:300]
    if not carries_out and not receives:
        return None
    return Agencies(decides=carries_out or None, carries_out=carries_out or None, receives=receives or None)


def _legal_bases(record: Mapping[str, Any]) -> list[LegalBasis]:
    entries = _objects(record.get("legalBasisesDetails"))
    titles = {
        clean(str(entry.get("code") or ""), 80).replace(" ", ""): clean(str(entry.get("name") or ""))
        for entry in entries
    }
    return [
        LegalBasis(number=basis.number, title=titles.get(basis.number) or basis.number) for basis in legal_bases(titles)
    ]
