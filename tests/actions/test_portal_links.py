"""Links to the portal are counted where people can reach us, and tell nothing of who taps."""

from __future__ import annotations

import re

import pytest
import time_machine
from sqlalchemy.engine import Engine

import answers
from actions.portal_links import counted
from answers.outcome import Aspect
from answers.reply import Button, Reply
from knowledge.procedure import load_procedures
from tests.conftest import TODAY

SITE = "https://hoi.example.vn"
BIRTH = "1.001193"
WAY = Reply([], [Button("Phí", payload="thu-tuc:1.001193:fee"), Button("Mở", url=f"{SITE}/di/{BIRTH}")])


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", SITE)


def link(sender: str, channel: str = "telegram") -> str:
    return str(counted(WAY, sender, channel).buttons[1].url)


@time_machine.travel(f"{TODAY}T12:00:00+07:00", tick=False)
def test_a_link_tells_the_channel_and_a_token_of_the_day() -> None:
    assert re.fullmatch(rf"{SITE}/di/{BIRTH}\?q=telegram-[0-9a-f]{{12}}", link("tg:700000001"))
    assert link("tg:1") == link("tg:1") != link("tg:2")
    with time_machine.travel(f"{TODAY.replace(day=25)}T12:00:00+07:00"):
        tomorrow = link("tg:1")
    assert tomorrow != link("tg:1")


def test_other_buttons_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    others = Reply([], [Button("Phí", payload="x:y"), Button("Tờ", url=f"{SITE}/thu-tuc/{BIRTH}")])
    assert counted(others, "tg:1", "telegram").buttons == others.buttons
    monkeypatch.delenv("MOTCUA_PUBLIC_URL")
    assert counted(WAY, "tg:1", "telegram") == WAY


def test_every_answer_leads_to_the_portal_through_the_counter_where_there_is_one(
    content_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with content_engine.connect() as connection:
        record = load_procedures(connection, [BIRTH])[BIRTH]
    assert answers.answer(record, Aspect.FEE, TODAY).buttons[-1].url == f"{SITE}/di/{BIRTH}"
    monkeypatch.delenv("MOTCUA_PUBLIC_URL")
    assert answers.answer(record, Aspect.FEE, TODAY).buttons[-1].url == record.portal_url
