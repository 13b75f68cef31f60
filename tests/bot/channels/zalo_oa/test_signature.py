"""Only Zalo gets in: the documented vector, and what a forger would try."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.zalo_oa.signature import Verdict, sign, verify
from settings.zalo import OaSettings
from tests.fakes.zalo_events import Sender

NOW = 1_793_000_000.0
SENDER = Sender(clock=lambda: NOW)
OA = OaSettings(SENDER.app_id, SENDER.oa_id, "bi-mat-cua-ung-dung", SENDER.secret_key)


def check(raw: bytes, header: str, oa: OaSettings = OA, now: float = NOW) -> Verdict:
    return verify(raw, json.loads(raw), header, oa, now)


def test_the_documented_vector() -> None:
    body = {
        "app_id": "1234567890123456789", "sender": {"id": "5000000000000000001"},
        "recipient": {"id": "9000000000000000001"}, "user_id_by_app": "7000000000000000001",
        "event_name": "user_send_text",
        "message": {"text": "Mình muốn đặt lịch", "msg_id": "a1b2c3d4e5f60718293a"}, "timestamp": "1767225600000",
    }  # fmt: skip
    raw = SENDER.dump(body)
    assert len(raw) == 288
    mac = "22aedb24f30cd5c91e662fb39abb3c47071ecb1e6334adbe72922062df3cffc8"
    assert sign(body["app_id"], raw, body["timestamp"], "OaSecretForTests") == mac  # type: ignore[arg-type]
    oa = OaSettings("1234567890123456789", "9000000000000000001", "khac", "OaSecretForTests")
    assert check(raw, f"mac={mac}", oa, 1_767_225_600) is Verdict.GENUINE


@pytest.mark.parametrize("name", sorted(SENDER.one_of_each()))
def test_every_event_of_zalo_is_genuine(name: str) -> None:
    raw, headers = SENDER.signed(SENDER.one_of_each()[name])
    assert check(raw, headers["X-ZEvent-Signature"]) is Verdict.GENUINE


def test_spellings_of_the_header() -> None:
    raw, headers = SENDER.signed(SENDER.text("chào"))
    digest = headers["X-ZEvent-Signature"].removeprefix("mac=")
    for spelling in (digest, f"mac = {digest}", f"MAC={digest.upper()}", f" mac={digest} "):
        assert check(raw, spelling) is Verdict.GENUINE
    for wrong in ("", "mac=", digest[:-1], digest + "0", "mac=" + "0" * 64, "mac=" + "é" * 64, digest + "\n" + digest):
        assert check(raw, wrong) is Verdict.FORGED


def test_a_secret_that_is_not_ours_is_forged() -> None:
    other = dataclasses.replace(SENDER, secret_key="doan-mo")
    raw, headers = other.signed(other.text("chào"))
    assert check(raw, headers["X-ZEvent-Signature"]) is Verdict.FORGED


def test_another_app_is_refused_before_anything_is_hashed() -> None:
    other = dataclasses.replace(SENDER, app_id="1111")
    raw, headers = other.signed(other.text("chào"))
    assert check(raw, headers["X-ZEvent-Signature"]) is Verdict.OTHER_APP


def test_the_other_id_is_told_but_not_accepted() -> None:
    body = SENDER.text("chào")
    raw = SENDER.dump(body)
    by_oa = sign(SENDER.oa_id, raw, body["timestamp"], SENDER.secret_key)
    assert check(raw, by_oa) is Verdict.OTHER_ID
    assert check(raw, by_oa, dataclasses.replace(OA, signed_id="oa_id")) is Verdict.GENUINE


def test_redelivery_is_accepted_and_an_old_replay_is_late() -> None:
    raw, headers = SENDER.signed(SENDER.text("chào"))
    header = headers["X-ZEvent-Signature"]
    assert check(raw, header, now=NOW + 2 * 3600) is Verdict.GENUINE
    assert check(raw, header, now=NOW + 25 * 3600) is Verdict.LATE
    assert check(raw, header, now=NOW - 25 * 3600) is Verdict.LATE


@settings(derandomize=True, max_examples=150)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_refused(place: int, change: int) -> None:
    raw, headers = SENDER.signed(SENDER.text("Làm khai sinh cần giấy gì"))
    changed = bytearray(raw)
    changed[place % len(raw)] ^= change
    try:
        fields = json.loads(changed)
    except ValueError:
        return
    if isinstance(fields, dict):
        assert verify(bytes(changed), fields, headers["X-ZEvent-Signature"], OA, NOW) is not Verdict.GENUINE


@settings(derandomize=True, max_examples=150)
@given(
    st.sampled_from([SENDER.app_id, "khac", None]),
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\ud800", "１２", "-1", "9" * 30]),
    st.text(max_size=80) | st.just("mac=" + "0" * 64),
)
def test_odd_fields_never_raise(app: object, timestamp: object, header: str) -> None:
    assert verify(b"{}", {"app_id": app, "timestamp": timestamp}, header, OA, NOW) is not Verdict.GENUINE
