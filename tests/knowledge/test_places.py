"""Old and new names of the city's units lead to today's; where they may mean several, it isn't guessed."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.places import one_stop, only_a_place
from knowledge.units import FILE, units
from tests.conftest import SHARED
from vietnamese.fold import fold


@pytest.mark.parametrize(
    ("text", "named", "unit", "current"),
    [
        ("phường Bến Nghé cũ", "Phường Bến Nghé", "Phường Sài Gòn", False),
        ("phuong ben nghe cu nop o dau", "Phường Bến Nghé", "Phường Sài Gòn", False),
        ("em ở phường Tân Hưng", "Phường Tân Hưng", "Phường Tân Hưng", True),
        ("phường 9 quận 5", "Phường 9", "Phường An Đông", False),
        ("p9 q5", "Phường 9", "Phường An Đông", False),
        ("P.09, Q.5", "Phường 9", "Phường An Đông", False),
        ("phường Tân Bình", "Phường Tân Bình", "Phường Tân Bình", True),
        ("phường Tân Bình, Dĩ An", "Phường Tân Bình", "Phường Tân Đông Hiệp", False),
        ("phường Bình Thạnh", "Phường Bình Thạnh", "Phường Bình Thạnh", True),
        ("xã Củ Chi", "Xã Củ Chi", "Xã Củ Chi", True),
        ("xã Thạnh An", "Xã Thạnh An", "Xã Thạnh An", True),
        ("xã Thanh An", "Xã Thanh An", "Xã Thanh An", True),
        ("thị trấn Hóc Môn", "Thị trấn Hóc Môn", "Xã Hóc Môn", False),
        ("Côn Đảo", "Huyện Côn Đảo", "Đặc khu Côn Đảo", False),
        ("em ở Tân Phong", "Phường Tân Phong", "Phường Tân Hưng", False),
        ("phường Bình Dương", "Phường Bình Dương", "Phường Bình Dương", True),
    ],
)
def test_a_name_leads_to_todays_unit(text: str, named: str, unit: str, current: bool) -> None:
    found = one_stop(text)
    assert found is not None
    assert (found.named, found.unit, found.current) == (named, unit, current)


@pytest.mark.parametrize(
    ("text", "named", "among", "count"),
    [
        ("quận 7", "Quận 7", "Phường Tân Mỹ", 4),
        ("q7 nộp ở đâu", "Quận 7", "Phường Phú Thuận", 4),
        ("Thủ Đức", "Thành phố Thủ Đức", "Phường Thủ Đức", 12),
        ("quận 2 cũ", "Thành phố Thủ Đức", "Phường An Khánh", 12),
        ("Thuận An Bình Dương", "Thành phố Thuận An", "Phường Lái Thiêu", 5),
        ("gò vấp", "Quận Gò Vấp", "Phường Gò Vấp", 6),
        ("phuong da kao", "Phường Đa Kao", "Phường Tân Định", 2),
        ("Bình Dương", "Tỉnh Bình Dương", "Phường Thủ Dầu Một", 36),
        ("tỉnh Bà Rịa - Vũng Tàu", "Tỉnh Bà Rịa - Vũng Tàu", "Đặc khu Côn Đảo", 30),
        ("thành phố Vũng Tàu", "Thành phố Vũng Tàu", "Phường Vũng Tàu", 5),
    ],
)
def test_what_may_be_several_units_has_to_be_asked(text: str, named: str, among: str, count: int) -> None:
    found = one_stop(text)
    assert found is not None
    assert found.unit is None
    assert found.named == named
    assert among in found.units
    assert len(found.units) == count


@pytest.mark.parametrize(
    "text",
    [
        "",
        "đăng ký khai sinh nộp ở đâu",
        "em ở Sài Gòn",
        "thành phố Hồ Chí Minh",
        "mở bến cát sông",
        "xin chấp thuận an toàn tàu bè",
        "con dao găm ông ngoại để lại",
        "tôm hùm về Tân Sơn Nhất cần giấy kiểm dịch",
        "đấu giá đất ở Bình Thuận",
        "dời tiệm từ quận 3 qua Thủ Đức",
        "xa thanh an",  # Thanh An or Thạnh An
        "Hà Nội",
        "quận 99",
    ],
)
def test_what_names_no_place_or_no_single_one_is_left_alone(text: str) -> None:
    assert one_stop(text) is None


@pytest.mark.parametrize("elsewhere", ["Thành phố Hà Nội", "Tỉnh Đồng Nai", "Thành phố Hải Phòng"])
def test_a_name_of_another_province_is_none_of_ours(elsewhere: str) -> None:
    assert one_stop("phường Tân Bình", [elsewhere]) is None
    assert one_stop("phường Tân Bình", ["Thành phố Hồ Chí Minh"]) is not None


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("phường Tân Hưng", True),
        ("dạ em ở q7 ạ", True),
        ("còn Thủ Đức", True),
        ("đăng ký kết hôn quận 7", False),
        ("phí bao nhiêu", False),
        ("", False),
    ],
)
def test_a_place_alone_is_told_from_a_question_with_one(text: str, only: bool) -> None:
    assert only_a_place(text) == only


def rows(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter=delimiter))


def test_the_table_holds_the_citys_168_units_and_every_old_ward_once_unless_divided() -> None:
    table = rows(FILE, "\t")
    assert len(units()) == 168
    kinds = [name.split(" ")[0] for name in units().values()]
    assert (kinds.count("Phường"), kinds.count("Xã"), kinds.count("Đặc")) == (113, 54, 1)
    assert all(re.fullmatch(r"\d{5}", row["code"]) for row in table)
    whole: set[tuple[str, str]] = set()
    for row in table:
        for part in filter(None, row["parts"].split("; ")):
            if part.endswith(" (một phần)"):
                continue
            assert (row["district"], part) not in whole
            whole.add((row["district"], part))
    divided = {(row["district"], part) for row in table for part in row["parts"].split("; ") if "(một phần)" in part}
    assert not {(district, part.removesuffix(" (một phần)")) for district, part in divided} & whole


@pytest.mark.skipif(not SHARED.exists(), reason="the facts to compare with aren't here")
def test_the_table_agrees_with_the_facts_it_was_written_from() -> None:
    facts = {row["code"]: row["name"] for row in rows(SHARED / "facts" / "hcmc_units_2025.csv", ",")}
    assert units() == facts


@given(st.sampled_from(sorted(units().values())))
@settings(derandomize=True, max_examples=168, deadline=None)
def test_every_unit_is_found_by_its_full_name(unit: str) -> None:
    found = one_stop(f"đăng ký khai sinh ở {unit.lower()}")
    assert found is not None
    assert (found.unit, found.current) == (unit, True)
    plain = one_stop(fold(unit.lower()))
    assert plain is None or unit in plain.units  # without diacritics never another one


@given(st.text(max_size=80))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_any_text_is_read(text: str) -> None:
    found = one_stop(text)
    assert found is None or found.units
