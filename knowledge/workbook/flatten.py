"""A layer of facts as rows of the workbook's sheets."""

from __future__ import annotations

from typing import Any

from knowledge.layer import Layer
from knowledge.workbook.schema import KEYS, NOTES, PROCEDURES, ROLES, SHEETS, Kind, Row
from knowledge.workbook.values import clean_text

Rows = dict[str, list[Row]]
"""Rows by the sheet's key, in the order of the layer."""


def flatten(layer: Layer) -> Rows:
    """Take a layer apart; every sheet has its list, empty or not."""
    code = layer.code
    rows: Rows = {sheet.key: [] for sheet in SHEETS}
    head = {column.key: _plain(getattr(layer, column.key, None)) for column in PROCEDURES.columns}
    rows["procedures"].append(head)
    rows["sources"] = [
        {"key": key, "name": s.name, "url": s.url, "dated": s.dated, "checked": s.checked}
        for key, s in sorted(layer.sources.items())
    ]
    for case, named in enumerate(layer.cases, 1):
        rows["cases"].append({"case": case, "name": named.name, "when": named.when, "source": named.source})
        rows["documents"] += [
            {"case": case, "name": paper.name, "original": paper.original or None, "copies": paper.copies or None,
             "show_only": paper.show_only, "if_any": paper.if_any, "form": paper.form, "note": paper.note}
            for paper in named.documents
        ]  # fmt: skip
    for number, channel in enumerate(layer.channels, 1):
        rows["channels"].append(
            {"channel": number, "kind": channel.kind.value, "place": channel.place, "note": channel.note}
        )
        rows["times"] += [
            {"channel": number, "text": time.text, "amount": time.amount, "unit": _plain(time.unit),
             "when": time.when, "start": time.start, "end": time.end, "source": time.source}
            for time in channel.times
        ]  # fmt: skip
        rows["fees"] += [
            {"channel": number, "label": fee.label, "amount": fee.amount, "per": fee.per, "text": fee.text,
             "when": fee.when, "area": fee.area, "start": fee.start, "end": fee.end, "source": fee.source}
            for fee in channel.fees
        ]  # fmt: skip
    rows["notes"] = [{"kind": kind, "text": text} for kind in NOTES for text in getattr(layer, kind)]
    rows["steps"] = [{"text": text} for text in layer.steps]
    rows["results"] = [{"name": name} for name in layer.results]
    rows["forms"] = [{"name": form.name, "note": form.note, "url": form.url} for form in layer.forms]
    if layer.agencies:
        named_roles = {role: getattr(layer.agencies, role) for role in ROLES}
        rows["agencies"] = [
            {"role": role, "agency": agency, "source": layer.agencies.source}
            for role, agency in named_roles.items()
            if agency
        ]
    rows["legal_bases"] = [{"number": basis.number, "title": basis.title} for basis in layer.legal_bases]
    rows["names"] = [{"kind": kind, "text": text} for kind in KEYS for text in getattr(layer, kind)]
    rows["related"] = [{"relation": "instead", "to": other.code, "when": other.when} for other in layer.instead]
    rows["related"] += [{"relation": "related", "to": other, "when": None} for other in layer.related]
    return {
        sheet.key: [
            {
                column.key: code if column.key == "code" else _cleaned(row.get(column.key), column.kind)
                for column in sheet.columns
            }
            for row in rows[sheet.key]
        ]
        for sheet in SHEETS
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return getattr(value, "value", value)


def _cleaned(value: Any, kind: Kind) -> Any:
    """As a cell gives it back: what is compared must have gone through the same cleaning."""
    if isinstance(value, str) and kind is Kind.TEXT:
        return clean_text(value) or None
    return value
