from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import store
from knowledge.content import read_content
from knowledge.editing.differences import differences
from knowledge.editing.labels import CHOICES, FIELDS
from knowledge.editing.merging import merge
from knowledge.layer import ChannelKind, Group, Layer, Level, OnlineLevel, TimeUnit
from tests.knowledge.made_up import content_of


def lines(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [str(each) for each in differences(old, new)]


def channel(**changes: Any) -> list[dict[str, Any]]:
    fee = {"label": "Lệ phí", "amount": 50_000, "to": "2026-12-31"}
    return [{"kind": "online", "fees": [{**fee, **changes}], "times": [{"text": "3 ngày", "amount": 3, "unit": "day"}]}]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            {"channels": channel()},
            {"channels": channel(amount=60_000)},
            ["Cách nộp, thời hạn, phí › Trực tuyến › Phí, lệ phí › “Lệ phí” › Số tiền: 50.000 đồng → 60.000 đồng"],
        ),
        (
            {"channels": channel()},
            {"channels": channel(to="2027-06-30")},
            ["Cách nộp, thời hạn, phí › Trực tuyến › Phí, lệ phí › “Lệ phí” › Đến hết ngày: 31/12/2026 → 30/6/2027"],
        ),
        (
            {},
            {"channels": [{"kind": "post"}]},
            ["Cách nộp, thời hạn, phí › Qua bưu điện: (trống) → Cách nộp: Qua bưu điện"],
        ),
        ({"group": "khac"}, {"group": "dat_dai"}, ["Lĩnh vực: Việc khác → Đất đai, sổ đỏ"]),
        ({"level": ["commune"]}, {"level": ["province"]}, ["Cấp giải quyết: phường, xã, đặc khu → tỉnh, thành phố"]),
        ({"warnings": ["a", "b"]}, {"warnings": ["a", "c", "b"]}, ["Điều cần lưu ý: (trống) → c"]),
        ({"warnings": ["a", "b"]}, {"warnings": ["b"]}, ["Điều cần lưu ý: a → (bỏ)"]),
        ({"warnings": ["a", "b"]}, {"warnings": ["b", "a"]}, ["Điều cần lưu ý › Thứ tự: a; b → b; a"]),
        ({"warnings": ["a"]}, {}, ["Điều cần lưu ý: a → (bỏ)"]),
        (
            {"cases": [{"name": "Mất", "documents": [{"name": "Đơn", "original": 1}]}]},
            {"cases": [{"name": "Mất", "documents": [{"name": "Đơn", "original": 1, "show_only": True}]}]},
            ["Trường hợp và giấy tờ › “Mất” › Giấy tờ › “Đơn” › Chỉ xuất trình: (trống) → có"],
        ),
        (
            {"cases": [{"name": "A", "documents": []}, {"name": "B", "documents": []}]},
            {"cases": [{"name": "B", "documents": []}, {"name": "A", "documents": []}]},
            ["Trường hợp và giấy tờ › Thứ tự: “A”, “B” → “B”, “A”"],
        ),
        (
            {"sources": {"portal": {"name": "Cổng", "checked": "2026-11-01"}}},
            {"sources": {"portal": {"name": "Cổng", "checked": "2026-11-24"}}},
            ["Nguồn › “portal” › Ngày đối chiếu: 1/11/2026 → 24/11/2026"],
        ),
        ({"agencies": {"decides": "Sở A"}}, {"agencies": {"decides": "Sở B"}}, ["Cơ quan › Giải quyết: Sở A → Sở B"]),
        ({"name": "A"}, {"name": 7}, ["Tên dễ hiểu: A → 7"]),
    ],
)
def test_differences_are_told_in_words(old: dict[str, Any], new: dict[str, Any], told: list[str]) -> None:
    assert lines(old, new) == told


def test_every_field_and_every_closed_value_has_a_word() -> None:
    assert set(FIELDS) == set(Layer.__fields__)
    for name, kind in (("group", Group), ("level", Level), ("online", OnlineLevel), ("channels.kind", ChannelKind),
                       ("times.unit", TimeUnit)):  # fmt: skip
        assert set(CHOICES[name]) == {item.value for item in kind}, name


REAL = [store.payload_of(procedure) for procedure in read_content().procedures[::12]]


def test_real_records_do_not_differ_from_themselves_and_differ_from_each_other() -> None:
    for one, other in itertools.pairwise(REAL):
        assert differences(one, copy.deepcopy(one)) == []
        assert differences(one, other)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_changes_is_told(data: st.DataObject) -> None:
    old = data.draw(st.sampled_from(REAL))
    new = copy.deepcopy(old)
    name = data.draw(st.sampled_from([key for key in new if key != "code"]))
    kept = new[name]
    if isinstance(kept, list) and data.draw(st.booleans()):
        new[name] = data.draw(st.permutations(kept))
    elif isinstance(kept, list) and len(kept) > 1:
        del kept[data.draw(st.integers(0, len(kept) - 1))]
    else:
        del new[name]
    found = differences(old, new)
    assert bool(found) == (old != new)
    assert {each.field for each in found} <= {name}


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["name", "summary", "kind"]), st.sampled_from("abc")),
    st.dictionaries(st.sampled_from(["name", "summary", "kind"]), st.sampled_from("abc")),
    st.dictionaries(st.sampled_from(["name", "summary", "kind"]), st.sampled_from("abc")),
)
def test_joining_keeps_what_only_one_side_changed(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    joined = merge(base, theirs, mine)
    assert merge(base, mine, base).joined == mine
    for name in ("name", "summary", "kind"):
        before, other, own, got = (each.get(name) for each in (base, theirs, mine, joined.joined))
        if other == before:
            assert got == own
        elif own == before:
            assert got == other
        else:
            assert got == own
            assert (name in joined.clashing) == (own != other)


def test_a_payload_with_wrong_shapes_is_still_compared() -> None:
    assert lines({"cases": "x"}, content_of(cases=[1, {"name": None}]))
    assert lines({"channels": [{"fees": "x"}]}, {"channels": [{"fees": [{"amount": []}]}]})
    assert lines({"sources": {"portal": "x"}}, {"sources": ["x"]})
