"""Updates of the Zalo Bot, flat and wrapped, good and spoilt."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.zalo_bot.updates import read_update
from tests.fakes.mutation import mutated
from tests.fakes.zalo_bot import one_of_each, update, wrapped

CHAT = "0a1b2c3d4e5f60718293"


def changed(**message: Any) -> dict[str, Any]:
    """A good update with parts of its message replaced."""
    body = update("text", text="chào")
    body["message"].update(message)
    return body


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("text", "text", "Làm khai sinh cần gì"), ("image", "image", "Giấy này được không"),
        ("image as seen", "image", ""), ("sticker", "sticker", ""), ("voice", "voice", ""),
        ("unsupported", "unsupported", ""), ("unsupported, bare", "unsupported", ""),
    ],
)  # fmt: skip
def test_updates_flat_and_wrapped(name: str, kind: str, text: str) -> None:
    each = one_of_each()
    for spelling in (name, f"{name}, wrapped"):
        read = read_update(each[spelling])
        assert read is not None
        assert (read.kind, read.text, read.chat) == (kind, text, CHAT)
    keys = {read_update(body).key for body in (each[name], wrapped(each[name]))}  # type: ignore[union-attr]
    assert len(keys) == 1


@pytest.mark.parametrize(
    "body",
    [
        {}, {"ok": False, "error_code": 408}, {"ok": True, "result": {}}, {"event_name": "message.text.received"},
        {"event_name": "bot.added", "message": {}}, update("text"), update("text", text="  "),
        changed(chat={"id": CHAT, "chat_type": "GROUP"}), changed(chat={"id": "../x"}), changed(chat={}),
        changed(**{"from": {"id": "x", "is_bot": True}}), changed(message_id=7), changed(message_id="a b"),
    ],
)  # fmt: skip
def test_what_is_left_aside(body: dict[str, Any]) -> None:
    assert read_update(body) is None


@settings(derandomize=True, max_examples=200)
@given(st.sampled_from(sorted(one_of_each())), st.data())
def test_mutated_updates_never_raise(name: str, data: st.DataObject) -> None:
    try:
        fields = json.loads(data.draw(mutated(one_of_each()[name])))
    except ValueError:
        return
    read = read_update(fields) if isinstance(fields, dict) else None
    if read is not None:
        assert len(read.key) <= 120
        assert len(read.chat) <= 64
        assert len(read.text) <= 2_000


def test_the_changed_update_is_good_unchanged() -> None:
    assert read_update(changed()) is not None
