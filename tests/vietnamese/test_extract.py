from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.extract import LAST, MASKED_CODE, dossier_codes, ordinal, procedure_codes
from vietnamese.fold import fold


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("2", 2), ("(2)", 2), ("số 3", 3), ("cái thứ hai", 2), ("cái đầu tiên ạ", 1), ("thứ nhất", 1), ("mục 10", 10),
        ("em chọn số 1 nhé", 1), ("dạ cái thứ ba đó anh", 3), ("ok 2", 2), ("cái cuối", LAST),
        ("cái cuối cùng ạ", LAST), ("lựa chọn sau cùng", LAST), ("Thủ tục số 2", 2),
    ],
)  # fmt: skip
def test_a_short_answer_points_into_a_list(text: str, place: int) -> None:
    assert ordinal(text) == place
    assert ordinal(fold(text)) == place


@pytest.mark.parametrize(
    "text",
    [
        "cho em 2 bản sao",
        "con tôi 14 tuổi",
        "số 123",
        "",
        "2 vợ chồng cùng đi",
        "cuối tháng này",
        "cái thứ hai" + " ạ" * 30,
    ],
)
def test_a_number_in_a_sentence_is_no_choice(text: str) -> None:
    assert ordinal(text) is None


@given(ANY_TEXT)
@PROPERTY
def test_any_text_can_be_searched(text: str) -> None:
    place = ordinal(text)
    assert place is None or place == LAST or 0 <= place <= 99
    for found in [*dossier_codes(text), *procedure_codes(text)]:
        typed = text[found.start : found.end].upper()
        assert typed.startswith(found.value) or found.value == MASKED_CODE


@pytest.mark.parametrize(
    "code", ["H29.12-250610-0034", "H29-250610-003", "000.00.18.G22-240105-0001", "G01.899.102-250610-90034"]
)
def test_dossier_codes_are_found_in_either_case(code: str) -> None:
    for typed in (code, code.lower()):
        (found,) = dossier_codes(f"hồ sơ {typed}, đến đâu rồi")
        assert (found.value, found.start, found.end) == (code, 6, 6 + len(code))


@pytest.mark.parametrize("text", ["hồ sơ [mã hồ sơ] tới đâu", "hồ sơ [ Mã hồ sơ ] tới đâu"])
def test_a_masked_code_still_is_one(text: str) -> None:
    (found,) = dossier_codes(text)
    assert found.value == "[mã hồ sơ]"
    assert text[found.start] == "["
    assert text[found.end - 1] == "]"


@pytest.mark.parametrize(
    "text", ["XH29.12-250610-0034", "H29.12-2506-0034", "0912-345-678", "H29.12-250610-00345678", "1.001193"]
)
def test_other_numbers_are_no_dossier_codes(text: str) -> None:
    assert dossier_codes(text) == []


@pytest.mark.parametrize("typed", ["1.001193", "1.001193.H10", "1.001193.000.00.00.H10"])
def test_a_procedure_code_loses_its_province(typed: str) -> None:
    (found,) = procedure_codes(f"mã {typed} nhé")
    assert (found.value, found.start, found.end) == ("1.001193", 3, 3 + len(typed))


@pytest.mark.parametrize(
    "text", ["1.0011934", "10.001193", "v1.001193", "1.000.000 đồng", "2.001193.5", "H29.12-250610-0034"]
)
def test_other_numbers_are_no_procedure_codes(text: str) -> None:
    assert procedure_codes(text) == []


@given(st.from_regex(r"[12]\.[0-9]{6}", fullmatch=True))
@PROPERTY
def test_a_code_at_the_end_of_a_sentence_is_found(code: str) -> None:
    assert [found.value for found in procedure_codes(f"thủ tục {code}.")] == [code]
