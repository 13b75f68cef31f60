"""Links are tried only on hosts that a setting names, a few at a time, and what fails is told."""

from __future__ import annotations

import httpx
import pytest
import time_machine
from sqlalchemy.engine import Engine

from knowledge.health import Trouble, find
from knowledge.links import MOST_AT_ONCE, check_links, may_ask
from tests.conftest import TODAY
from tests.knowledge.made_up import CODE, layer, save

HOSTS = ("gov.vn",)
PAGE = "https://dichvucong.gov.vn/a"


class Web:
    """A made-up web that counts what it is asked."""

    def __init__(self, **statuses: int) -> None:
        self.statuses = statuses
        self.asked: list[tuple[str, str]] = []

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, str(request.url)))
        name = request.url.path.strip("/")
        if name == "dead":
            raise httpx.ConnectError("no way there")
        if name == "no-head" and request.method == "HEAD":
            return httpx.Response(405)
        return httpx.Response(self.statuses.get(name, 200), headers={"Location": "http://127.0.0.1/"})


def put(engine: Engine, *pages: str) -> None:
    forms = [{"name": page, "url": page} for page in pages]
    with engine.begin() as connection:
        save(connection, "editorial", layer(portal_url=PAGE, forms=forms))


def told(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [(item.code, item.details) for item in find(connection, Trouble.LINK, TODAY)]


@pytest.mark.parametrize(
    ("url", "may"),
    [
        (PAGE, True),
        ("http://gov.vn", True),
        ("https://DICHVUCONG.GOV.VN./a", True),
        ("https://notgov.vn/a", False),
        ("https://gov.vn.evil.com/a", False),
        ("https://evil.com/gov.vn", False),
        ("https://gov.vn@evil.com/", False),
        ("https://user:pw@a.gov.vn/", False),
        ("https://a.gov.vn:8080/", False),
        ("https://a.gov.vn:x/", False),
        ("http://127.0.0.1/", False),
        ("http://[::1]/", False),
        ("http://[broken", False),
        ("file:///etc/passwd", False),
        ("ftp://a.gov.vn/", False),
        ("https://a.gov.vn/" + "a" * 600, False),
        ("", False),
    ],
)
def test_only_named_hosts_are_ever_asked(url: str, may: bool) -> None:
    assert may_ask(url, HOSTS) is may
    assert not may_ask(url, ())


def test_links_that_fail_are_told_and_others_are_not(engine: Engine) -> None:
    base = "https://x.gov.vn"
    put(engine, f"{base}/gone", f"{base}/dead", f"{base}/no-head", f"{base}/moved", "https://elsewhere.com/gone")
    web = Web(gone=404, moved=302)
    with time_machine.travel("2026-11-24T09:00:00+07:00", tick=False):
        assert check_links(engine, HOSTS, web.client()) == 5
    assert told(engine) == [
        (CODE, f"{base}/dead: không trả lời (kiểm 24/11/2026)"),
        (CODE, f"{base}/gone: trả lời 404 (kiểm 24/11/2026)"),
    ]
    assert ("GET", f"{base}/no-head") in web.asked
    # No redirect is followed, no other host asked.
    assert not [url for _, url in web.asked if "gov.vn" not in url]


def test_each_link_is_tried_once_a_week_and_a_mended_one_is_forgotten(engine: Engine) -> None:
    put(engine, "https://x.gov.vn/gone")
    with time_machine.travel("2026-11-24T09:00:00+07:00", tick=False) as clock:
        assert check_links(engine, HOSTS, Web(gone=500).client()) == 2
        assert check_links(engine, HOSTS, Web().client()) == 0
        assert told(engine)
        clock.shift(7 * 86_400 + 1)
        assert check_links(engine, HOSTS, Web().client()) == 2
        assert told(engine) == []


def test_a_round_is_bounded_and_the_next_goes_on(engine: Engine) -> None:
    put(engine, *(f"https://x.gov.vn/{number}" for number in range(MOST_AT_ONCE + 9)))
    assert check_links(engine, HOSTS, Web().client()) == MOST_AT_ONCE
    assert check_links(engine, HOSTS, Web().client()) == 10


def test_without_the_setting_nothing_is_asked(engine: Engine) -> None:
    put(engine)
    web = Web()
    assert check_links(engine, (), web.client()) == 0
    assert web.asked == []
