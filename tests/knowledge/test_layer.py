from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.layer import (
    LARGEST_AMOUNT,
    Case,
    CodeState,
    Document,
    Fee,
    Layer,
    LegalBasis,
    Period,
    ProcedureContent,
    ProcessingTime,
    portal_code,
)
from tests.knowledge.made_up import content_of


def reasons(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return "; ".join(f"{problem['loc']}: {problem['msg']}" for problem in error.value.errors())


def test_a_period_ends_after_it_begins_and_may_last_one_day() -> None:
    day = dt.date(2026, 1, 1)
    assert Period(start=day, end=day).end == day
    with pytest.raises(ValidationError) as error:
        Period.parse_obj({"from": "2026-01-02", "to": "2026-01-01"})
    assert "kết thúc (2026-01-01) trước khi bắt đầu (2026-01-02)" in reasons(error)


@pytest.mark.parametrize("half", [{"amount": 3}, {"unit": "day"}])
def test_a_time_needs_both_number_and_unit_or_neither(half: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as error:
        ProcessingTime(text="3", **half)
    assert "cả số (amount) và đơn vị (unit)" in reasons(error)
    assert ProcessingTime(text="Trong ngày").amount is None


@pytest.mark.parametrize("fee", [{}, {"amount": -1}, {"amount": LARGEST_AMOUNT + 1}, {"text": "  "}])
def test_a_fee_needs_a_sound_sum_or_words(fee: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Fee(label="Lệ phí", **fee)
    assert Fee(label="Lệ phí", amount=0).amount == 0


@pytest.mark.parametrize("code", ["1.001193", "2.002043.H29", "1.000656.000.00.00.H01"])
def test_codes_of_the_portal_are_codes(code: str) -> None:
    assert Layer(code=f" {code} ").code == code


@pytest.mark.parametrize("code", ["", "1.00119", "1001193", "x.001193", "1.001193 / 2", "1.001193.", "1" * 60])
def test_anything_else_is_no_code(code: str) -> None:
    with pytest.raises(ValidationError):
        Layer(code=code)


@pytest.mark.parametrize("key", ["chuyen-truong", "tu-cong-bo-thuc-pham"])
def test_a_matter_without_a_known_code_has_words_for_a_key(key: str) -> None:
    made = Layer(code=key)
    assert (made.code, made.code_state) == (key, CodeState.UNKNOWN)
    with pytest.raises(ValueError, match=r"không đúng dạng 1\.001193"):
        portal_code(key)


@pytest.mark.parametrize("key", ["p34", "P-34", "1-chim", "chim-", "chim--nuoi", "nuoi-chim-" * 4, "nuôi-chim"])
def test_a_key_of_ours_cannot_pass_for_a_code(key: str) -> None:
    with pytest.raises(ValidationError):
        Layer(code=key)


def test_a_code_is_sure_unless_it_comes_from_an_old_list() -> None:
    assert Layer(code="9.000001").code_state is CodeState.CONFIRMED
    assert Layer(code="9.000001", code_listed="2025-04-28").code_state is CodeState.UNCONFIRMED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"portal_url": None}, "portal_url: còn thiếu"),
        ({"code_listed": "2025-04-28"}, "không ghi portal_url"),
        ({"code": "nuoi-chim"}, "không ghi code_listed và portal_url"),
        ({"code": "nuoi-chim", "portal_url": None, "code_listed": "2025-04-28"}, "không ghi code_listed"),
    ],
)
def test_only_a_sure_code_has_a_page(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as error:
        ProcedureContent.parse_obj(content_of(**changes))
    assert words in reasons(error)
    ProcedureContent.parse_obj(content_of(portal_url=None, code_listed="2025-04-28"))
    ProcedureContent.parse_obj(content_of("nuoi-chim", portal_url=None))


@pytest.mark.parametrize("number", ["60/2014/QH13", "66.7/2025/NQ-CP", "163/QĐ-BTP"])
def test_numbers_of_legal_texts(number: str) -> None:
    assert LegalBasis(number=number, title="x").number == number


def test_a_name_is_no_number_of_a_legal_text() -> None:
    with pytest.raises(ValidationError) as error:
        LegalBasis(number="Luật Hộ tịch", title="x")
    assert "60/2014/QH13" in reasons(error)


def test_a_misspelt_key_is_an_error_with_its_name() -> None:
    with pytest.raises(ValidationError) as error:
        Layer(code="9.000001", popular_name=["x"])
    assert "popular_name" in reasons(error)


def test_a_case_has_papers_and_a_paper_a_sound_count() -> None:
    with pytest.raises(ValidationError):
        Case(name="Hồ sơ", documents=[])
    with pytest.raises(ValidationError):
        Document(name="Tờ khai", original=21)
    assert Document.parse_obj({"name": "Tờ khai", "copy": 2}).copies == 2


def test_content_is_complete_and_names_only_sources_it_declares() -> None:
    assert ProcedureContent.parse_obj(content_of()).name == "Cấp thẻ nuôi chim"
    for missing in ("name", "official_name", "group", "level", "summary", "sources"):
        broken = content_of()
        del broken[missing]
        with pytest.raises(ValidationError) as error:
            ProcedureContent.parse_obj(broken)
        assert missing in reasons(error)


def test_content_without_a_portal_source_is_refused() -> None:
    broken = content_of(sources={"luat": {"name": "Luật", "checked": "2026-11-24"}})
    with pytest.raises(ValidationError) as error:
        ProcedureContent.parse_obj(broken)
    assert "'portal'" in reasons(error)


@pytest.mark.parametrize(
    "part",
    [
        {"cases": [{"name": "x", "source": "lạ", "documents": [{"name": "y"}]}]},
        {"channels": [{"kind": "online", "fees": [{"label": "x", "amount": 0, "source": "lạ"}]}]},
        {"channels": [{"kind": "online", "times": [{"text": "x", "source": "lạ"}]}]},
        {"agencies": {"decides": "x", "source": "lạ"}},
    ],
)
def test_a_source_that_is_not_declared_is_refused_by_its_name(part: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as error:
        ProcedureContent.parse_obj(content_of(**part))
    assert "'lạ'" in reasons(error)
