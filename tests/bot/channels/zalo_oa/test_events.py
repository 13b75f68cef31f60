"""What is taken from an event, and above all what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.zalo_oa.events import Event, Malformed, What, read_body, read_event
from tests.fakes.mutation import mutated
from tests.fakes.zalo_events import NEW_INFO, Sender

SENDER = Sender(clock=lambda: 1_793_000_000.25)
EACH = SENDER.one_of_each()


def read(body: dict[str, Any]) -> Event | None:
    return read_event(read_body(SENDER.dump(body)), SENDER.oa_id)


@pytest.mark.parametrize(
    ("name", "what", "text", "kind"),
    [
        ("text", What.TEXT, "Mình muốn làm khai sinh cho con", ""),
        ("quote", What.TEXT, "Đúng vậy", ""),
        ("picture", What.ATTACHMENT, "", "image"),
        ("picture with words", What.TEXT, "Giấy này được không", "image"),
        ("gif", What.ATTACHMENT, "", "gif"),
        ("link", What.TEXT, "https://vi-du.vn", "link"),
        ("audio", What.ATTACHMENT, "", "audio"),
        ("video", What.ATTACHMENT, "", "video"),
        ("sticker", What.ATTACHMENT, "", "sticker"),
        ("file", What.ATTACHMENT, "", "file"),
        ("location", What.LOCATION, "", "location"),
        ("follow", What.FOLLOW, "", ""),
        ("unfollow", What.UNFOLLOW, "", ""),
        ("chat now", What.OPENED, "", ""),
        ("withdraw", What.WITHDRAW, "", ""),
        ("submitted", What.PLACE, "Phường Thử Nghiệm, Thành phố Huế", ""),
        ("submitted, older shape", What.PLACE, "Phường Thử Nghiệm, Thành phố Huế", ""),
        ("operator", What.OPERATOR, "Để chị xem hồ sơ giúp em", ""),
    ],
)
def test_events_that_matter(name: str, what: What, text: str, kind: str) -> None:
    event = read(EACH[name])
    assert event is not None
    assert (event.what, event.user, event.text, event.kind) == (what, SENDER.user, text, kind)
    assert event.at == 1_793_000_000.25


@pytest.mark.parametrize("name", ["card", "received", "seen", "echo", "reaction", "anonymous", "group", "unknown"])
def test_events_that_are_ignored(name: str) -> None:
    assert read(EACH[name]) is None


def test_a_location_is_two_numbers() -> None:
    event = read(EACH["location"])
    assert event is not None
    assert (event.latitude, event.longitude) == (21.0285, 105.8542)
    for wrong in (("91", "105"), ("21", "181"), ("nan", "1"), ("1e3", "1"), (True, "1"), (None, "1"), ("", "")):
        with pytest.raises(Malformed):
            read(SENDER.location(*wrong))


def test_nothing_personal_is_kept_of_contact_details() -> None:
    event = read(EACH["submitted"])
    for secret in (NEW_INFO["name"], NEW_INFO["phone"], NEW_INFO["user_dob"], "Số 9"):
        assert secret not in repr(event)


def test_places_that_are_no_places_are_left_out() -> None:
    event = read(SENDER.submitted({"ward": "/restart", "city": "Huế"}))
    assert event is not None
    assert event.text == "Huế"


def test_the_account_itself_never_is_a_citizen() -> None:
    assert read(SENDER.from_user("user_send_text", {"text": "vòng lặp"}, SENDER.oa_id)) is None
    other = SENDER.text("chào")
    other["recipient"]["id"] = "123"
    assert read(other) is None


def test_ids_above_two_to_the_53_stay_exact() -> None:
    raw = SENDER.dump(SENDER.text("chào")).replace(f'"{SENDER.user}"'.encode(), SENDER.user.encode())
    event = read_event(read_body(raw), SENDER.oa_id)
    assert event is not None
    assert event.user == SENDER.user


def test_repeats_share_a_key_and_others_do_not() -> None:
    keys = [read(body).key for name, body in EACH.items() if read(body) and "older" not in name]  # type: ignore[union-attr]
    assert len(keys) == len(set(keys))
    body = SENDER.text("chào")
    assert read(body).key == read(json.loads(json.dumps(body))).key  # type: ignore[union-attr]
    assert all(len(key) <= 120 for key in keys)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"null", b"7", b"{", b'{"a":NaN}', b"\xff\xfe", b"[" * 100_000, b'"' + b"a" * 10]
)
def test_no_json_object_is_told_apart(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read_body(raw)


@settings(derandomize=True, max_examples=300)
@given(st.sampled_from(sorted(EACH)), st.data())
def test_mutated_events_never_raise_and_never_pass_rubbish(name: str, data: st.DataObject) -> None:
    raw = data.draw(mutated(EACH[name]))
    try:
        event = read_event(read_body(raw), SENDER.oa_id)
    except Malformed as error:
        problem = str(error)
        event = None
    else:
        problem = ""
    assert len(problem) < 30  # names the part, never its value
    if event is not None:
        assert event.user.isascii()
        assert event.user.isdigit()
        assert len(event.user) <= 25
        assert 0 < len(event.key) <= 120
        assert len(event.text) <= 2_000
        event.text.encode()
        assert not any(sign < " " and sign not in "\n\t" for sign in event.text)
        assert event.what is not What.TEXT or event.text
