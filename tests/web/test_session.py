"""The sender in the cookie and the transcript in the form: ours or none."""

from __future__ import annotations

import datetime as dt
import random
import string

import pytest
import time_machine
from starlette.requests import Request
from starlette.testclient import TestClient

from tests.web.conftest import Rasa
from web.session import COOKIE, LIFETIME, LONGEST_TRANSCRIPT, new_sender, read_transcript, sender_of, sign_transcript


def _incompressible(length: int, seed: int = 0) -> str:
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length))


def _request(cookie: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]})


def test_the_cookie_is_not_for_scripts_or_other_sites(web: TestClient) -> None:
    given = web.get("/").headers["set-cookie"].lower()
    assert given.startswith(f"{COOKIE}=")
    assert "httponly" in given
    assert "samesite=lax" in given
    assert "secure" not in given.replace("samesite", "")


def test_the_cookie_is_for_encrypted_pages_only_where_the_page_is_encrypted(web: TestClient) -> None:
    web.base_url = web.base_url.copy_with(scheme="https")
    assert "; secure" in web.get("/").headers["set-cookie"].lower()


def test_a_cookie_that_was_changed_or_made_up_gives_a_new_sender(web: TestClient, rasa: Rasa) -> None:
    web.post("/api/message", json={"text": "x"})
    signed = web.cookies[COOKIE]
    # Not the last letter: some of its bits are padding, and another may stand for the same signature.
    changed = signed[:-5] + ("A" if signed[-5] != "A" else "B") + signed[-4:]
    for forged in (changed, rasa.sent[0]["sender"], "", "x.y.z", "é.é"):
        web.cookies.clear()
        web.post("/api/message", json={"text": "x"}, headers=[(b"cookie", f"{COOKIE}={forged}".encode())])
    senders = [sent["sender"] for sent in rasa.sent]
    assert len(set(senders)) == len(senders)


def test_a_cookie_signed_with_another_secret_is_not_ours(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    web.get("/")
    signed = web.cookies[COOKIE]
    assert sender_of(_request(signed)) is not None
    monkeypatch.setenv("MOTCUA_SESSION_SECRET", "t" * 32)
    assert sender_of(_request(signed)) is None


def test_a_transcript_does_not_pass_for_a_cookie(web: TestClient) -> None:
    assert sender_of(_request(sign_transcript([{"said": "x", "replies": []}]))) is None


def test_a_cookie_is_forgotten_after_its_lifetime(web: TestClient) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 24, tzinfo=dt.timezone.utc), tick=False) as clock:
        web.get("/")
        signed = web.cookies[COOKIE]
        clock.shift(LIFETIME - 1)
        assert sender_of(_request(signed)) is not None
        clock.shift(2)
        assert sender_of(_request(signed)) is None


def test_senders_are_unlike_each_other() -> None:
    assert len({new_sender() for _ in range(100)}) == 100


def test_a_transcript_comes_back_as_it_was() -> None:
    exchanges = [{"said": f"câu {number}", "replies": [{"blocks": [], "buttons": []}]} for number in range(4)]
    assert read_transcript(sign_transcript(exchanges)) == exchanges


def test_a_long_transcript_loses_its_oldest_exchanges() -> None:
    exchanges = [{"said": str(number), "replies": [_incompressible(12_000, number)]} for number in range(5)]
    kept = read_transcript(sign_transcript(exchanges))
    assert 0 < len(kept) < 5
    assert kept == exchanges[-len(kept) :]
    assert sign_transcript([{"said": "x", "replies": [_incompressible(2 * LONGEST_TRANSCRIPT)]}]) == ""


@pytest.mark.parametrize("field", ["", "x", "x" * (LONGEST_TRANSCRIPT + 1), "eyJ4IjoxfQ.abc"])
def test_a_transcript_that_is_not_ours_is_none(field: str) -> None:
    assert read_transcript(field) == []
