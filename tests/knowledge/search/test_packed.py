from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search.entry import Entry
from knowledge.search.packed import PackedEntries

TEXTS = st.lists(st.text(max_size=20), max_size=4).map(tuple)
ENTRIES = st.lists(
    st.builds(
        Entry,
        code=st.text("0123456789.", min_size=1, max_size=8),
        name=st.text(max_size=30),
        popular_names=TEXTS,
        ways_to_ask=TEXTS,
        body=st.text(max_size=10),
        levels=st.sampled_from([(), ("commune",), ("province", "ministry")]),
        editorial=st.booleans(),
        area=st.none() | st.just("hộ tịch"),
    ),
    max_size=6,
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(ENTRIES)
def test_entries_come_back_as_they_went_in_but_for_their_bodies(entries: list[Entry]) -> None:
    packed = PackedEntries()
    for entry in entries:
        packed.add(entry)
    expected = [dataclasses.replace(entry, body="") for entry in entries]
    assert list(packed) == expected
    assert packed[1::2] == expected[1::2]
    assert len(packed) == len(entries)
    if entries:
        assert packed[-1] == expected[-1]


def test_beyond_the_end_is_nothing() -> None:
    with pytest.raises(IndexError):
        PackedEntries()[0]
