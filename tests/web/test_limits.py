from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from settings.limits import LimitSettings, Rate
from tests.web.conftest import Rasa
from web import words
from web.limits import WebLimits


@pytest.fixture
def narrow(web: TestClient) -> TestClient:
    """A page that takes three messages from an address and two of a person."""
    settings = LimitSettings(person=Rate(2, 1.0), address=Rate(3, 1.0))
    web.app.state.limits = WebLimits(settings)  # type: ignore[attr-defined]
    return web


def test_one_person_and_one_address_are_held_to_their_rates(narrow: TestClient, rasa: Rasa) -> None:
    told = [narrow.post("/api/message", json={"text": f"câu {number}"}).json()["html"] for number in range(3)]
    assert [words.SLOW_DOWN in html for html in told] == [False, False, True]
    narrow.cookies.clear()
    assert words.SLOW_DOWN in narrow.post("/", data={"text": "câu mới", "transcript": ""}).text
    assert len(rasa.sent) == 2


def test_this_machine_itself_is_not_limited(web: TestClient, rasa: Rasa) -> None:
    web.app.state.limits = WebLimits(LimitSettings(person=Rate(1, 1.0), address=Rate(1, 1.0)))  # type: ignore[attr-defined]
    here = TestClient(web.app, client=("127.0.0.1", 50000))
    for number in range(5):
        here.post("/api/message", json={"text": f"câu {number}"})
    assert len(rasa.sent) == 5
