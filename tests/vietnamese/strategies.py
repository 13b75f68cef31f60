"""Texts for property tests: any Unicode at all, and what Vietnamese keyboards produce."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

PROPERTY = settings(deadline=None, max_examples=150, derandomize=True)

_LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂĐEÊIOÔƠUƯYfjwzILC"
_MARKS = "\u0300\u0301\u0309\u0303\u0323\u0302\u0306\u031b"
_SIGNS = " \t\n.,-/_:;!?…“”‘’`´ðÐ０Ａ｀\u1fef\u1ffd\u200b\ufeff\u00ad0123456789"

ANY_TEXT = st.one_of(
    st.text(st.characters(), max_size=120),  # lone surrogates and unassigned characters too
    st.text(st.sampled_from(_LETTERS + _MARKS + _SIGNS), max_size=120),
    st.lists(
        st.sampled_from(["cccd", "CCCD", "nnn", "III", "ko", "đk", "hoà", "thuỷ", "lamf", "ky1", "50", "k"]),
        max_size=12,
    ).map(" ".join),
)
