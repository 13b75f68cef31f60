from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlalchemy import insert, update
from sqlalchemy.engine import Engine

from actions.knowledge_base import today
from knowledge import store
from knowledge import tables as t
from knowledge.layer import (
    Agencies,
    Case,
    Channel,
    ChannelKind,
    CodeState,
    Document,
    Fee,
    Form,
    LegalBasis,
    Level,
    Period,
    ProcessingTime,
    Source,
)
from knowledge.procedure import Procedure, holds, load_procedures
from tests.conftest import TODAY
from tests.knowledge.made_up import CODE, PAGE, layer, save

LAW = Source(name="Luật thử", checked=TODAY)
DAY = dt.date(2026, 12, 31)


def channel(kind: str = "direct", **fields: Any) -> Channel:
    return Channel(kind=kind, **fields)


def fee(amount: int = 50_000, **fields: Any) -> Fee:
    return Fee(label="Lệ phí", amount=amount, **fields)


def time(days: int = 3, **fields: Any) -> ProcessingTime:
    return ProcessingTime(text=f"{days} ngày", amount=days, unit="day", **fields)


def amounts(procedure: Procedure, day: dt.date = TODAY) -> dict[str, list[int | None]]:
    return {one.kind.value: [paid.amount for paid in one.fees] for one in procedure.channels(day)}


@pytest.mark.parametrize(
    ("start", "end", "day", "held"),
    [
        (None, None, TODAY, True),
        (DAY, None, DAY, True),
        (DAY, None, DAY - dt.timedelta(days=1), False),
        (None, DAY, DAY, True),
        (None, DAY, DAY + dt.timedelta(days=1), False),
        (DAY, DAY, DAY, True),
    ],
)
def test_a_period_holds_on_both_its_ends(start: dt.date | None, end: dt.date | None, day: dt.date, held: bool) -> None:
    assert holds(Period(start=start, end=end), day) is held


@pytest.mark.parametrize(
    ("moment", "amount"),
    [
        ("2026-12-31T23:59:00+07:00", 35_000),
        ("2027-01-01T00:01:00+07:00", 70_000),
        ("2026-12-31T18:00:00+00:00", 70_000),  # already the first of January in Vietnam
    ],
)
def test_the_day_in_vietnam_decides_before_and_after_a_change(moment: str, amount: int) -> None:
    fees = [fee(35_000, end=DAY), fee(70_000, start=DAY + dt.timedelta(days=1))]
    procedure = Procedure(CODE, layer(channels=[channel(fees=fees)]), None)
    with time_machine.travel(moment, tick=False):
        assert amounts(procedure, today()) == {"direct": [amount]}


def test_times_change_with_their_day_too() -> None:
    times = [time(5, end=DAY), time(3, start=DAY + dt.timedelta(days=1))]
    procedure = Procedure(CODE, layer(channels=[channel(times=times)]), None)
    told = [[one.amount for one in procedure.channels(day)[0].times] for day in (DAY, DAY + dt.timedelta(days=1))]
    assert told == [[5], [3]]


def test_the_editorial_layer_wins_field_by_field() -> None:
    procedure = Procedure(
        CODE,
        layer(name="Tên Cổng", official_name="Thủ tục tên Cổng", steps=["Cổng"], results=["Thẻ"], portal_url=PAGE),
        layer(name="Tên thường gọi", steps=["Tự viết"]),
    )
    assert procedure.name == "Tên thường gọi"
    assert procedure.official_name == "Thủ tục tên Cổng"
    assert procedure.listed("steps").values == ("Tự viết",)
    assert procedure.listed("results").values == ("Thẻ",)
    assert procedure.portal_url == PAGE


def test_each_value_is_cited_from_the_layer_it_comes_from() -> None:
    official = layer(results=["Thẻ"], sources={"portal": Source(name="Bản ghi Cổng", checked=TODAY)})
    editorial = layer(
        steps=["Tự viết"], sources={"portal": Source(name="Nội dung đi kèm", checked=TODAY), "luat": LAW},
        agencies=Agencies(decides="Xã", source="luat"),
        channels=[channel(fees=[fee(source="luat"), fee()], times=[time(source="luat")])],
    )  # fmt: skip
    procedure = Procedure(CODE, official, editorial)
    sources = [procedure.listed("steps").source, procedure.listed("results").source, procedure.agencies_source]
    assert [source and source.name for source in sources] == ["Nội dung đi kèm", "Bản ghi Cổng", "Luật thử"]
    (told,) = procedure.channels(TODAY)
    assert procedure.fee_source(told.fees[0]) == LAW
    assert procedure.fee_source(told.fees[1]) == editorial.sources["portal"]
    assert procedure.time_source(told.times[0]) == LAW


def test_a_value_that_nobody_knows_has_no_source() -> None:
    assert Procedure(CODE, layer(), None).listed("steps") == Procedure(CODE, None, None).listed("steps")
    assert Procedure(CODE, None, None).source() is None
    assert Procedure(CODE, layer(), None).agencies_source is None


def test_fees_of_the_portal_stand_where_editors_wrote_only_times() -> None:
    procedure = Procedure(
        CODE,
        layer(channels=[channel(fees=[fee()], times=[time(9)]), channel("post", fees=[fee(1_000)])]),
        layer(channels=[channel(times=[time()], place="Trung tâm")]),
    )
    (told,) = procedure.channels(TODAY)
    assert (told.place, [one.amount for one in told.times], [one.amount for one in told.fees]) == (
        "Trung tâm", [3], [50_000],
    )  # fmt: skip


def test_channels_stand_in_one_order() -> None:
    procedure = Procedure(CODE, layer(channels=[channel("post"), channel("direct"), channel("online")]), None)
    assert procedure.channel_kinds == (ChannelKind.ONLINE, ChannelKind.DIRECT, ChannelKind.POST)


FULL: dict[str, Any] = {
    "channels": [channel(fees=[fee()], times=[time()])],
    "cases": [Case(name="Hồ sơ", documents=[Document(name="Tờ khai", original=1)])],
    "agencies": Agencies(decides="Ủy ban nhân dân xã"),
    "legal_bases": [LegalBasis(number="60/2014/QH13", title="Luật")],
    "conditions": ["Yêu chim"],
}


def shown(procedure: Procedure) -> dict[str, bool]:
    (told,) = procedure.channels(TODAY)
    return {
        "fees": bool(told.fees), "times": bool(told.times), "documents": bool(procedure.cases),
        "agencies": procedure.agencies is not None, "legal_bases": bool(procedure.legal_bases),
        "conditions": bool(procedure.listed("conditions").values),
    }  # fmt: skip


@pytest.mark.parametrize("field", ["fees", "times", "documents", "agencies", "legal_bases", "conditions"])
def test_a_doubtful_field_is_withheld_and_only_that(field: str) -> None:
    procedure = Procedure(CODE, layer(**FULL), None, frozenset({field}))
    assert [name for name, here in shown(procedure).items() if not here] == [field]


@pytest.mark.parametrize("field", ["fees", "times", "documents", "agencies", "legal_bases", "conditions"])
def test_what_an_editor_wrote_is_told_in_spite_of_a_doubt(field: str) -> None:
    procedure = Procedure(CODE, layer(**FULL), layer(**FULL), frozenset({field}))
    assert all(shown(procedure).values())


def test_a_doubt_about_documents_withholds_their_source_and_their_forms() -> None:
    official = layer(cases=[Case(name="Hồ sơ", documents=[Document(name="Tờ khai nuôi chim", original=1)])])
    sure, doubtful = Procedure(CODE, official, None), Procedure(CODE, official, None, frozenset({"documents"}))
    assert [form.name for form in sure.forms] == ["Tờ khai nuôi chim"]
    assert sure.documents_source is not None
    assert doubtful.forms == ()
    assert doubtful.documents_source is None


def test_listed_forms_come_before_those_that_documents_name() -> None:
    papers = [
        Document(name="Căn cước", original=1),
        Document(name="Đơn xin thẻ", original=1),
        Document(name="Giấy khám", original=1, form="Mẫu 02"),
        Document(name="Đơn xin thẻ", original=1),
    ]
    procedure = Procedure(CODE, layer(cases=[Case(name="Hồ sơ", documents=papers)]), None)
    assert [form.name for form in procedure.forms] == ["Đơn xin thẻ", "Mẫu 02"]
    procedure = Procedure(CODE, layer(forms=[Form(name="Tờ khai TK01")]), None)
    assert [form.name for form in procedure.forms] == ["Tờ khai TK01"]


def test_a_code_from_an_old_list_leads_to_the_search_by_name_and_says_so() -> None:
    listed = layer(official_name="Cấp thẻ nuôi chim " * 6, code_listed=dt.date(2025, 4, 28))
    old = Procedure(CODE, None, listed)
    assert old.code_state is CodeState.UNCONFIRMED
    assert old.code_caution is not None
    assert "danh mục ngày 28/4/2025, chưa xác nhận còn dùng" in old.code_caution
    words = parse_qs(urlsplit(old.portal_url).query)["keyword"][0]
    assert listed.official_name is not None
    assert listed.official_name.startswith(words)
    assert len(words) <= 80


def test_an_imported_record_confirms_a_code() -> None:
    listed = layer(code_listed=dt.date(2025, 4, 28))
    sure = Procedure(CODE, layer(portal_url="https://example.vn/trang"), listed)
    assert (sure.code_state, sure.code_caution) == (CodeState.CONFIRMED, None)
    assert sure.portal_url == "https://example.vn/trang"


def test_a_matter_without_a_code_says_that_none_is_known() -> None:
    bare = Procedure("nuoi-chim", None, layer("nuoi-chim"))
    assert bare.code_state is CodeState.UNKNOWN
    assert bare.code_caution is not None
    assert "Chưa thấy mã" in bare.code_caution
    assert "nuoi-chim" not in bare.portal_url


def test_a_procedure_without_a_page_leads_to_the_portals_search() -> None:
    bare = Procedure(CODE, layer(name=None, sources={}), None)
    assert bare.portal_url == f"https://dichvucong.gov.vn/tim-kiem?keyword={CODE}"
    assert bare.name == bare.official_name == CODE
    assert bare.levels == ()
    assert bare.online is None
    assert bare.summary is None
    assert bare.channels(TODAY) == []


def test_old_district_wording_is_marked() -> None:
    procedure = Procedure(CODE, layer(agencies=Agencies(decides="Ủy ban nhân dân huyện"), level=[Level.COMMUNE]), None)
    assert procedure.agencies is not None
    assert procedure.text_is_dated(procedure.agencies.decides or "")
    assert not procedure.text_is_dated("Ủy ban nhân dân xã")


def test_only_published_procedures_are_told_each_once_in_the_order_asked_for(engine: Engine) -> None:
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, layer(), layer("9.000002"), layer("9.000003"))
        hidden = update(t.procedures).where(t.procedures.c.code == "9.000002").values(state="retired")
        connection.execute(hidden)
        connection.execute(insert(t.doubts).values(code=CODE, field="fees", position=0, what="x"))
        found = load_procedures(connection, ["9.000003", CODE, "9.000002", "9.999999", CODE])
    assert list(found) == ["9.000003", CODE]
    assert found[CODE].doubtful == {"fees"}
    assert found["9.000003"].doubtful == frozenset()
