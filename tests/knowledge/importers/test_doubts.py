from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.importers.doubts import HEADER, doubtful_fields, read_marks

ALL = ("fees", "times", "documents", "agencies", "legal_bases")


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("time cell is a bare number with no unit", ("times",)),
        ('fee cell shows "700 VNĐ" (thousands lost)', ("fees",)),
        ('fee cell "Miễn phí" but note: fee set by the provincial council', ("fees",)),
        ("text names a district-level body", ("agencies",)),
        ("names Chi cục Thuế", ("agencies",)),
        ("cites TT 55/2021/TT-BCA", ("legal_bases", "forms")),
        ("fee reduced until 31/12/2026 (TT 64/2025/TT-BTC)", ()),
        ("fee note refers to a period that ended in 2024 or 2025", ()),
        ("something nobody foresaw", ALL),
    ],
)
def test_a_remark_makes_its_field_doubtful_and_an_unclear_one_all(what: str, fields: tuple[str, ...]) -> None:
    assert doubtful_fields(what) == fields


def test_a_bad_line_is_told_by_its_number_and_the_others_are_read() -> None:
    rows = ["\t".join(HEADER), "9.000001\tA\ttime cell\tx\thigh", "9.1\tB\ttime cell", "9.000002", "",
            '9.000003\t"C\tfee "x" \ty\tlow, unsure', "9.000004\tD\t\0" + "x" * 200_000]  # fmt: skip
    found = list(read_marks(rows))
    assert [(line, code, isinstance(marks, ValueError)) for line, code, marks in found] == [
        (2, "9.000001", False),
        (3, "9.1", True),
        (4, "9.000002", True),
        (6, "9.000003", False),
        (7, "9.000004", False),
    ]


def test_a_mark_keeps_what_to_say_and_how_sure_it_is() -> None:
    rows = ["\t".join(HEADER), "9.000001\tA\ttime cell\tđọc các bước\tlow, unsure", "9.000001\tA\ttime cell"]
    marks = [mark for _, _, found in read_marks(rows) if not isinstance(found, ValueError) for mark in found]
    assert [(mark.field, mark.instead, mark.confidence) for mark in marks] == [
        ("times", "đọc các bước", "low"),
        ("times", "", "medium"),
    ]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet=st.sampled_from("9.0\t\"'\0x\r"), max_size=40), max_size=5))
def test_reading_marks_is_total(rows: list[str]) -> None:
    assert all(line >= 2 for line, _, _ in read_marks(rows))
