from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from knowledge.importers.portal_interface import read_object
from knowledge.importers.portal_records import USUAL_CASE
from knowledge.layer import ChannelKind, Layer, Level, OnlineLevel
from tests.conftest import TODAY
from tests.knowledge.made_up import CODE, interface_object


def read(**changes: Any) -> Layer:
    return read_object(interface_object(**changes), TODAY)


def method(kind: str = "DIRECT", time: Any = 3, unit: str = "WORKING_DAY", fees: Any = ()) -> dict[str, Any]:
    return {"submissionMethod": kind, "processingTime": time, "processingTimeUnit": unit, "fees": list(fees)}


def test_an_object_becomes_the_official_layer() -> None:
    layer = read()
    assert (layer.code, layer.name) == (CODE, "Cấp thẻ nuôi chim bồ câu")
    assert layer.level == [Level.COMMUNE]
    assert layer.steps == ["Bước 1", "Nộp hồ sơ.", "Nhận thẻ."]
    assert [case.name for case in layer.cases] == [USUAL_CASE]
    assert [(one.kind, one.times[0].text, one.fees[0].amount) for one in layer.channels] == [
        (ChannelKind.ONLINE, "3 ngày làm việc", 50_000)
    ]
    assert layer.agencies is not None
    assert layer.agencies.receives == "Trung tâm Phục vụ hành chính công"
    assert [(basis.number, basis.title) for basis in layer.legal_bases] == [("60/2014/QH13", "Luật Hộ tịch")]
    assert layer.results == ["Thẻ nuôi chim"]
    assert layer.conditions == []


def test_the_page_is_made_of_the_id_and_the_source_is_dated() -> None:
    layer = read(id="abc-1")
    assert layer.portal_url == "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/abc-1"
    assert layer.sources["portal"].dated == dt.date(2026, 8, 29)
    assert layer.sources["portal"].checked == TODAY


@pytest.mark.parametrize("field", ["id", "code", "name"])
@pytest.mark.parametrize("value", ["", None])
def test_an_object_without_id_code_or_name_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"thiếu {field}"):
        read(**{field: value})


@pytest.mark.parametrize(
    ("time", "unit"),
    [(1, "OTHER"), (1, ""), (1, "FORTNIGHT"), (0, "DAY"), (-2, "DAY"), ("3", "DAY"), (None, "DAY"), (True, "DAY"),
     (10**12, "DAY"), (1.5, "DAY")],
)  # fmt: skip
def test_a_time_that_has_no_unit_or_no_sound_number_is_not_told(time: object, unit: str) -> None:
    assert read(executionMethods=[method(time=time, unit=unit)]).channels[0].times == []


@pytest.mark.parametrize(
    ("fee", "amounts"),
    [
        ({"type": "FEE", "value": 50_000}, [50_000]),
        ({"type": "FREE", "value": 0}, [0]),
        ({"type": "FEE", "value": 0}, []),
        ({"type": "FEE", "value": 700}, []),
        ({"type": "FEE", "value": None}, []),
        ({"type": "FEE", "value": float("inf")}, []),
        ({"type": "FEE", "value": float("nan")}, []),
        ({"type": "FEE", "value": 10**15}, []),
        ({"type": "FREE", "value": 0, "description": "Lệ phí 135.000 đồng/lần"}, [None]),
        ({"type": "FEE", "value": 0, "description": "Do HĐND tỉnh quyết định"}, [None]),
    ],
)
def test_a_fee_is_told_only_where_it_can_be_trusted(fee: dict[str, Any], amounts: list[int | None]) -> None:
    (channel,) = read(executionMethods=[method(fees=[fee])]).channels
    assert [one.amount for one in channel.fees] == amounts


def test_a_fee_keeps_its_own_name() -> None:
    fee = {"name": "Lệ phí cấp thẻ", "type": "FEE", "value": 50_000}
    assert read(executionMethods=[method(fees=[fee])]).channels[0].fees[0].label == "Lệ phí cấp thẻ"


@pytest.mark.parametrize(
    ("flags", "online"),
    [
        ({"isFullProcess": True}, OnlineLevel.FULL),
        ({"isFullProcess": False}, OnlineLevel.PARTIAL),
        ({"isFullProcess": None}, None),
        ({"isOfflineOnly": True}, OnlineLevel.NONE),
    ],
)
def test_the_online_level_follows_the_flags(flags: dict[str, Any], online: OnlineLevel | None) -> None:
    assert read(**flags).online is online


def test_unknown_ways_to_hand_in_are_left_out() -> None:
    assert [one.kind for one in read(executionMethods=[method("PIGEON"), method("POSTAL")]).channels] == [
        ChannelKind.POST
    ]


@pytest.mark.parametrize("value", [None, "x", 7, [], [None, "x", 3], {"a": 1}])
def test_tables_in_a_strange_shape_read_as_nothing(value: object) -> None:
    tables = ("executionSteps", "executionMethods", "executionCases", "categoriesDetails", "departmentsExecuting")
    details = ("legalBasisesDetails", "resultsDetails", "subjectTypesDetails", "procedureProposal", "updatedAt")
    layer = read(**dict.fromkeys((*tables, *details), value))
    assert layer.code == CODE
    assert layer.channels == []
    assert layer.cases == []
