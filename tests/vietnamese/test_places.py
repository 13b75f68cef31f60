from __future__ import annotations

import pytest
from hypothesis import given

from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.normalise import normalise
from vietnamese.places import HO_CHI_MINH_CITY, find_places


@pytest.mark.parametrize(
    ("text", "named", "today", "current"),
    [
        ("ở Hà Nội thì sao", "Hà Nội", "Thành phố Hà Nội", True),
        ("tôi ở ha noi", "ha noi", "Thành phố Hà Nội", True),
        ("tại TP.HCM", "TP.HCM", HO_CHI_MINH_CITY, True),
        ("người Sài Gòn", "Sài Gòn", HO_CHI_MINH_CITY, False),
        ("tỉnh Bình Dương cũ", "tỉnh Bình Dương", HO_CHI_MINH_CITY, False),
        ("ở Bà Rịa - Vũng Tàu", "Bà Rịa - Vũng Tàu", HO_CHI_MINH_CITY, False),
        ("tỉnh Hà Giang", "tỉnh Hà Giang", "Tỉnh Tuyên Quang", False),
        ("Tuyên Quang", "Tuyên Quang", "Tỉnh Tuyên Quang", True),
        ("quê Hải Dương", "Hải Dương", "Thành phố Hải Phòng", False),
        ("ra Huế", "Huế", "Thành phố Huế", True),
        ("trên đà lạt", "đà lạt", "Tỉnh Lâm Đồng", False),
    ],
)
def test_provinces_get_todays_name(text: str, named: str, today: str, current: bool) -> None:
    (place,) = find_places(text)
    assert (text[place.start : place.end], place.kind, place.name) == (named, "province", today)
    assert place.province == today
    assert place.current is current


@pytest.mark.parametrize(
    ("text", "kind", "name", "current"),
    [
        ("quận Bình Thạnh", "district", "Quận Bình Thạnh", False),
        ("huyện củ chi", "district", "Huyện Củ Chi", False),
        ("thành phố Thủ Đức", "district", "Thành phố Thủ Đức", False),
        ("phường An Đông", "ward", "Phường An Đông", True),
        ("phường Bến Nghé", "ward", "Phường Bến Nghé", False),
    ],
)
def test_wards_and_former_districts_know_their_province(text: str, kind: str, name: str, current: bool) -> None:
    (place,) = find_places(text)
    assert (place.kind, place.name, place.current) == (kind, name, current)
    assert place.province == HO_CHI_MINH_CITY
    assert text[place.start : place.end] == text


def test_a_ward_of_several_provinces_tells_none() -> None:
    (place,) = find_places("xã Hòa Bình")
    assert place.province is None


def test_several_places_come_in_order() -> None:
    found = find_places("chuyển từ Nghệ An về quận 1, TP HCM")
    assert [place.kind for place in found] == ["province", "district", "province"]
    assert [place.start for place in found] == sorted(place.start for place in found)


@pytest.mark.parametrize(
    "text", ["hue", "con tin 5 ngày", "xã nào cũng được", "phường", "an giấc", "", "ra phường nộp"]
)
def test_ordinary_words_are_no_places(text: str) -> None:
    assert find_places(text) == []


@given(ANY_TEXT)
@PROPERTY
def test_any_text_can_be_searched_for_places(text: str) -> None:
    for shown in (text, f"tỉnh Gia Lai {normalise(text)}"):
        assert all(0 <= place.start < place.end <= len(shown) for place in find_places(shown))
