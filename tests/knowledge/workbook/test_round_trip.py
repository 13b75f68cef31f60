"""Download and hand in again: nothing changes, whatever the facts."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge.layer import LARGEST_AMOUNT, ChannelKind, Group, Layer, Level, OnlineLevel, TimeUnit
from knowledge.workbook.assemble import build
from knowledge.workbook.current import codes_of, read_shown
from knowledge.workbook.flatten import flatten
from knowledge.workbook.plan import Status
from knowledge.workbook.reading import read_workbook
from knowledge.workbook.schema import FIELDS, GUIDE_TITLE, LISTS_TITLE, SHEETS
from knowledge.workbook.table import SheetRow, Table
from knowledge.workbook.template import template
from knowledge.workbook.values import clean_text
from knowledge.workbook.writing import write_workbook
from tests.knowledge.workbook.books import exported, pigeons, planned, stored

_words = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=12)
_lines = st.builds(lambda start, words: start + "\n".join(words), st.sampled_from(["", "=", "+", "-", "@", "'", "0"]),
                   st.lists(_words, min_size=1, max_size=2))  # fmt: skip
texts = _lines.map(clean_text).filter(lambda text: text not in ("", "0"))
dates = st.dates(dt.date(1950, 1, 1), dt.date(2150, 12, 31))
counts = st.integers(0, 20)


def _facts(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the parts of a model."""
    return st.fixed_dictionaries({}, optional=parts)


def _with(required: dict[str, st.SearchStrategy[Any]], **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda a, b: {**a, **b}, st.fixed_dictionaries(required), _facts(**parts))


def _periods(entries: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def give(entry: dict[str, Any], ends: list[dt.date]) -> dict[str, Any]:
        return {**entry, **dict(zip(("from", "to"), sorted(ends), strict=False))}

    return st.builds(give, entries, st.lists(dates, max_size=2))


_source = st.just("nguon")
_fees = _periods(
    _with({"label": texts, "text": texts}, amount=st.just(0) | st.integers(1_000, LARGEST_AMOUNT), per=texts,
          when=texts, area=texts, source=_source)
)  # fmt: skip
_times = _periods(_with({"text": texts}, when=texts, source=_source)) | st.builds(
    lambda text, amount, unit: {"text": text, "amount": amount, "unit": unit.value},
    texts, st.integers(0, 999), st.sampled_from(TimeUnit),
)  # fmt: skip
_documents = _with({"name": texts}, original=counts, copy=counts, show_only=st.booleans(), if_any=st.booleans(),
                   form=texts, note=texts)  # fmt: skip
_cases = _with({"name": texts, "documents": st.lists(_documents, min_size=1, max_size=3)}, when=texts, source=_source)
_channels = st.lists(
    _with({"kind": st.sampled_from(ChannelKind).map(lambda kind: kind.value)}, place=texts, note=texts,
          times=st.lists(_times, max_size=2), fees=st.lists(_fees, max_size=3)),
    max_size=3, unique_by=lambda channel: channel["kind"],
)  # fmt: skip
_sources = st.fixed_dictionaries(
    {name: _with({"name": texts, "checked": dates}, url=st.just("https://a.vn/x"), dated=dates)
     for name in ("portal", "nguon")}
)  # fmt: skip
_codes = st.from_regex(r"\A[1-9]\.[0-9]{6}\Z")
layers = _facts(
    name=texts, official_name=texts, group=st.sampled_from(Group).map(lambda group: group.value),
    level=st.lists(st.sampled_from(Level).map(lambda level: level.value), unique=True), kind=texts, field=texts,
    ministry=texts, applicants=texts, decision=texts, summary=texts, applies=st.lists(texts, max_size=2),
    instead=st.lists(st.fixed_dictionaries({"when": texts, "code": _codes}), max_size=2), sources=_sources,
    portal_url=texts, code_listed=dates, online=st.sampled_from(OnlineLevel).map(lambda level: level.value),
    cases=st.lists(_cases, max_size=2), documents_note=texts, channels=_channels,
    agencies=_with({"decides": texts}, receives=texts, cooperates=texts, source=_source),
    steps=st.lists(texts, max_size=3), results=st.lists(texts, max_size=2), conditions=st.lists(texts, max_size=2),
    forms=st.lists(_with({"name": texts}, note=texts, url=texts), max_size=2), mistakes=st.lists(texts, max_size=2),
    warnings=st.lists(texts, max_size=2), related=st.lists(_codes, max_size=2),
    legal_bases=st.lists(st.fixed_dictionaries(
        {"number": st.sampled_from(["60/2014/QH13", "18/2026/NĐ-CP"]), "title": texts}), max_size=2,
        unique_by=lambda basis: basis["number"]),
    popular_names=st.lists(texts, max_size=2), ways_to_ask=st.lists(texts, max_size=2),
)  # fmt: skip


def _together(code: str, facts: dict[str, Any]) -> Layer:
    return Layer.parse_obj({"code": code, "sources": {}, **facts})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(layers, min_size=1, max_size=3))
def test_any_facts_come_back_from_a_workbook_as_they_were(facts: list[dict[str, Any]]) -> None:
    sent = [_together(f"9.{at:06}", entry) for at, entry in enumerate(facts)]
    for layer in sent:
        # What names a source needs the sources; a workbook checks that.
        if not layer.sources:
            layer.sources = _together("9.000000", {"sources": {
                "nguon": {"name": "x", "checked": "2026-11-24"}}}).sources  # fmt: skip
    read = read_workbook(write_workbook([(layer, None) for layer in sent]))
    assert read.faults == []
    for layer in sent:
        mine = {
            key: Table(table.sheet, [row for row in table.rows if row.values["code"] == layer.code], table.letters)
            for key, table in read.tables.items()
        }
        built = build(layer.code, mine)
        assert built.faults == []
        assert store.payload_of(Layer(code=layer.code, **built.fields)) == store.payload_of(layer)
        rows = {key: [{**row.values, "version": None} if key == "procedures" else row.values for row in found]
                for key, found in built.rows.items()}  # fmt: skip
        assert rows == flatten(layer)


def test_every_fact_has_its_sheet() -> None:
    assert {*FIELDS} == {*Layer.__fields__} - {"code"}


def test_our_own_content_comes_back_row_by_row(content_engine: Engine) -> None:
    with content_engine.connect() as connection:
        procedures = [layer for layer, _ in read_shown(connection, codes_of(connection))]
    assert len(procedures) > 150
    for procedure in procedures:
        rows = flatten(procedure)
        tables = {sheet.key: Table(sheet, [SheetRow(None, row) for row in rows[sheet.key]]) for sheet in SHEETS}
        built = build(procedure.code, tables)
        assert built.faults == []
        assert store.payload_of(Layer(code=procedure.code, **built.fields)) == store.payload_of(procedure)


def test_our_own_content_downloaded_and_handed_in_changes_nothing(content_engine: Engine) -> None:
    with content_engine.connect() as connection:
        codes = codes_of(connection)[::15]
    plan = planned(content_engine, exported(content_engine, *codes))
    assert len(codes) > 15
    assert plan.counts == {Status.UNCHANGED: len(codes)}
    assert plan.remarks == ()


def test_a_text_that_looks_like_a_formula_is_written_as_text(engine: Engine) -> None:
    evil = ["=1+1", "+84", "-Nộp", "@SUM(A1)", '=HYPERLINK("http://a.vn","x")', "=cmd|'/c calc'!A0"]
    stored(engine, pigeons(steps=evil))
    data = exported(engine)
    worksheet = load_workbook(BytesIO(data))["Các bước"]
    for row, text in enumerate(evil, 2):
        cell = worksheet.cell(row, 2)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert planned(engine, data).counts == {Status.UNCHANGED: 1}


def test_headings_explain_themselves_and_closed_values_are_chosen_from_lists(engine: Engine) -> None:
    stored(engine, pigeons())
    workbook = load_workbook(BytesIO(exported(engine)))
    assert workbook.sheetnames == [GUIDE_TITLE, *(sheet.title for sheet in SHEETS), LISTS_TITLE]
    for sheet in SHEETS:
        worksheet = workbook[sheet.title]
        assert worksheet.freeze_panes == "B2"
        for at, column in enumerate(sheet.columns, 1):
            heading = worksheet.cell(1, at)
            assert heading.value == column.heading
            assert heading.comment
            assert column.note in heading.comment.text
        lists = {str(item.sqref).rstrip("0123456789"): item for item in worksheet.data_validations.dataValidation}
        closed = [column for column in sheet.columns if column.choices]
        assert all(any(name.startswith(sheet.letter(column.key)) for name in lists) for column in closed)
    channels = workbook["Cách nộp"].data_validations.dataValidation[0]
    area = channels.formula1.split("!")[1].replace("$", "")
    values = [cell.value for row in workbook[LISTS_TITLE][area] for cell in row]
    assert values == ["Trực tuyến", "Nộp trực tiếp", "Qua bưu điện"]


def test_the_template_has_two_examples_that_are_never_written(engine: Engine) -> None:
    plan = planned(engine, template())
    assert plan.items == ()
    assert plan.remarks == ("Các dòng ví dụ của file mẫu được bỏ qua.",)
    rows = load_workbook(BytesIO(template()))["Thủ tục"]
    assert rows.max_row == 3
