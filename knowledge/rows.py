"""Between a layer of facts and its rows in the tables, both ways without loss."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from knowledge import tables as t
from knowledge.layer import (
    Agencies,
    Case,
    Channel,
    Document,
    Fee,
    Form,
    Instead,
    Layer,
    LegalBasis,
    ProcessingTime,
    Source,
)

Row = dict[str, Any]
Rows = dict[Table, list[Row]]

LAYER_TABLES: tuple[Table, ...] = (
    t.layers, t.sources, t.notes, t.cases, t.documents, t.channels, t.processing_times, t.fees, t.steps, t.results,
    t.forms, t.procedure_agencies, t.procedure_legal_bases, t.related, t.popular_names, t.ways_to_ask,
)  # fmt: skip
"""Tables whose rows belong to one layer of one procedure."""

_NOTE_KINDS = {"applies": "applies", "conditions": "condition", "mistakes": "mistake", "warnings": "warning"}
_ROLES = ("decides", "receives", "carries_out", "cooperates")
_SCALARS = ("name", "official_name", "summary", "kind", "field", "ministry", "applicants", "portal_url", "decision",
            "documents_note", "code_listed")  # fmt: skip


def to_rows(layer: Layer, which: str, digest: str) -> tuple[Rows, dict[str, str]]:
    """Take a layer apart.

    Args:
        layer: the facts.
        which: 'official' or 'editorial'.
        digest: kept beside the layer, tells whether its source changed.

    Returns:
        The rows by table, and the titles of the legal texts it names by number.
    """
    key = {"code": layer.code, "layer": which}
    rows: Rows = defaultdict(list)
    scalars = {name: getattr(layer, name) for name in _SCALARS}
    levels = ",".join(level.value for level in layer.level)
    online = layer.online.value if layer.online else None
    rows[t.layers].append({**key, **scalars, "digest": digest, "levels": levels or None, "online": online})
    rows[t.sources] += [
        {**key, "key": name, "name": s.name, "url": s.url, "dated": s.dated, "checked_on": s.checked}
        for name, s in layer.sources.items()
    ]
    position = 0
    for field, kind in _NOTE_KINDS.items():
        for text in getattr(layer, field):
            rows[t.notes].append({**key, "position": position, "kind": kind, "text": text})
            position += 1
    for at, case in enumerate(layer.cases):
        rows[t.cases].append({**key, "position": at, "name": case.name, "condition": case.when, "source": case.source})
        for place, paper in enumerate(case.documents):
            rows[t.documents].append(
                {**key, "case_position": at, "position": place, "name": paper.name, "originals": paper.original,
                 "copies": paper.copies, "show_only": paper.show_only, "if_any": paper.if_any, "form": paper.form,
                 "note": paper.note}
            )  # fmt: skip
    for at, channel in enumerate(layer.channels):
        rows[t.channels].append(
            {**key, "position": at, "kind": channel.kind.value, "place": channel.place, "note": channel.note}
        )
        inner = {**key, "channel_position": at}
        rows[t.processing_times] += [
            {**inner, "position": place, "text": time.text, "amount": time.amount,
             "unit": time.unit.value if time.unit else None, **_period(time)}
            for place, time in enumerate(channel.times)
        ]  # fmt: skip
        rows[t.fees] += [
            {**inner, "position": place, "label": fee.label, "amount": fee.amount, "per": fee.per, "text": fee.text,
             "area": fee.area, **_period(fee)}
            for place, fee in enumerate(channel.fees)
        ]  # fmt: skip
    for table, texts in (
        (t.steps, layer.steps),
        (t.popular_names, layer.popular_names),
        (t.ways_to_ask, layer.ways_to_ask),
    ):
        rows[table] += [{**key, "position": at, "text": text} for at, text in enumerate(texts)]
    rows[t.results] += [{**key, "position": at, "name": name} for at, name in enumerate(layer.results)]
    rows[t.forms] += [
        {**key, "position": at, "name": form.name, "note": form.note, "url": form.url}
        for at, form in enumerate(layer.forms)
    ]
    if layer.agencies:
        named = [(role, getattr(layer.agencies, role)) for role in _ROLES]
        rows[t.procedure_agencies] += [
            {**key, "position": at, "role": role, "agency": name, "source": layer.agencies.source}
            for at, (role, name) in enumerate(named)
            if name
        ]
    rows[t.procedure_legal_bases] += [
        {**key, "position": at, "number": basis.number} for at, basis in enumerate(layer.legal_bases)
    ]
    relations: list[tuple[str, str, str | None]] = [("instead", other.code, other.when) for other in layer.instead]
    relations += [("related", code, None) for code in layer.related]
    rows[t.related] += [
        {**key, "position": at, "relation": relation, "to_code": code, "condition": when}
        for at, (relation, code, when) in enumerate(relations)
    ]
    return rows, {basis.number: basis.title for basis in layer.legal_bases}


def _period(value: ProcessingTime | Fee) -> Row:
    return {"condition": value.when, "valid_from": value.start, "valid_to": value.end, "source": value.source}


def from_rows(code: str, area: str | None, rows: Mapping[Table, Sequence[Row]], titles: Mapping[str, str]) -> Layer:
    """Put a layer together again from its rows, in the order of their positions.

    Args:
        code: the procedure's code.
        area: its life area; kept with the procedure, not with a layer.
        rows: the rows of one layer by table.
        titles: titles of legal texts by number.
    """
    head = rows[t.layers][0]
    notes = rows.get(t.notes, ())
    named = rows.get(t.procedure_agencies, ())
    agencies = {row["role"]: row["agency"] for row in named}
    values: dict[str, Any] = {name: head[name] for name in _SCALARS}
    for field, kind in _NOTE_KINDS.items():
        values[field] = [row["text"] for row in notes if row["kind"] == kind]
    related = rows.get(t.related, ())
    return Layer(
        **values,
        code=code,
        group=area,
        level=head["levels"].split(",") if head["levels"] else [],
        online=head["online"],
        sources={
            row["key"]: Source(name=row["name"], url=row["url"], dated=row["dated"], checked=row["checked_on"])
            for row in rows.get(t.sources, ())
        },
        cases=[_case(row, rows) for row in rows.get(t.cases, ())],
        channels=[_channel(row, rows) for row in rows.get(t.channels, ())],
        agencies=Agencies(**agencies, source=named[0]["source"]) if named else None,
        steps=[row["text"] for row in rows.get(t.steps, ())],
        results=[row["name"] for row in rows.get(t.results, ())],
        forms=[Form(name=row["name"], note=row["note"], url=row["url"]) for row in rows.get(t.forms, ())],
        legal_bases=[
            LegalBasis(number=row["number"], title=titles.get(row["number"], row["number"]))
            for row in rows.get(t.procedure_legal_bases, ())
        ],
        instead=[
            Instead(code=row["to_code"], when=row["condition"]) for row in related if row["relation"] == "instead"
        ],
        related=[row["to_code"] for row in related if row["relation"] == "related"],
        popular_names=[row["text"] for row in rows.get(t.popular_names, ())],
        ways_to_ask=[row["text"] for row in rows.get(t.ways_to_ask, ())],
    )


def _case(row: Row, rows: Mapping[Table, Sequence[Row]]) -> Case:
    papers = [paper for paper in rows.get(t.documents, ()) if paper["case_position"] == row["position"]]
    return Case(
        name=row["name"],
        when=row["condition"],
        source=row["source"],
        documents=[
            Document(name=paper["name"], original=paper["originals"], copy=paper["copies"],
                     show_only=paper["show_only"], if_any=paper["if_any"], form=paper["form"], note=paper["note"])
            for paper in papers
        ],
    )  # fmt: skip


def _channel(row: Row, rows: Mapping[Table, Sequence[Row]]) -> Channel:
    def mine(table: Table) -> list[Row]:
        return [inner for inner in rows.get(table, ()) if inner["channel_position"] == row["position"]]

    return Channel(
        kind=row["kind"],
        place=row["place"],
        note=row["note"],
        times=[
            ProcessingTime(text=time["text"], amount=time["amount"], unit=time["unit"], when=time["condition"],
                           start=time["valid_from"], end=time["valid_to"], source=time["source"])
            for time in mine(t.processing_times)
        ],
        fees=[
            Fee(label=fee["label"], amount=fee["amount"], per=fee["per"], text=fee["text"], area=fee["area"],
                when=fee["condition"], start=fee["valid_from"], end=fee["valid_to"], source=fee["source"])
            for fee in mine(t.fees)
        ],
    )  # fmt: skip
