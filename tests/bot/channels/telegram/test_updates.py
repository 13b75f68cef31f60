from __future__ import annotations

import json
from typing import Any

import pytest
from aiogram.types import Update as OtherUpdate
from hypothesis import given, settings
from telegram import Update

from bot.channels.inbox.channel import Incoming, Kind, tidy
from bot.channels.telegram.updates import from_link, parse, to_link
from tests.conftest import SHARED
from tests.fakes import telegram_updates as made
from tests.fakes.mutation import mutated

BOT = "thu_motcua_bot"
ME = f"tg:{made.PERSON}"


@pytest.mark.parametrize(
    ("update", "kind", "text", "remark"),
    [
        (made.text(1, "làm căn cước"), Kind.TEXT, "làm căn cước", None),
        (made.text(1, "/start"), Kind.PAYLOAD, "lenh:menu", None),
        (made.text(1, "/START@thu_motcua_bot"), Kind.PAYLOAD, "lenh:menu", None),
        (made.text(1, "/menu"), Kind.PAYLOAD, "lenh:menu", None),
        (made.text(1, "/help"), Kind.PAYLOAD, "lenh:help", None),
        (made.text(1, "/huy"), Kind.PAYLOAD, "lenh:cancel", None),
        (made.text(1, "/start 1-000894"), Kind.PAYLOAD, "thu-tuc:1.000894", None),
        (made.text(1, "/start 2-000815-000-00-00-H29"), Kind.PAYLOAD, "thu-tuc:2.000815.000.00.00.H29", None),
        (made.text(1, "/start lạ"), Kind.PAYLOAD, "lenh:unknown", None),
        (made.text(1, "/restart"), Kind.TEXT, "/restart", None),
        (made.text(1, '/ask_fee{"x":"y"}'), Kind.TEXT, '/ask_fee{"x":"y"}', None),
        (made.tap(1, "k:AAAAAAAAAAAAAAAA"), Kind.TAP, "k:AAAAAAAAAAAAAAAA", None),
        (made.tap(1, "k:A", accessible=False), Kind.TAP, "k:A", None),
        (made.tap(1, "k:A", with_message=False), Kind.TAP, "k:A", None),
        (made.photo(1), Kind.SAY, "media", None),
        (made.photo(1, "  "), Kind.SAY, "media", None),
        (made.photo(1, "cái này"), Kind.TEXT, "cái này", "media_with_text"),
        (made.voice(1), Kind.SAY, "media", None),
        (made.sticker(1), Kind.SAY, "sticker", None),
        (made.location(1), Kind.SAY, "location", None),
        (made.contact(1), Kind.SAY, "contact", None),
        (made.membership(1, "kicked"), Kind.EVENT, "blocked", None),
        (made.membership(1, "member"), Kind.EVENT, "unblocked", None),
    ],
)
def test_what_an_update_means(update: dict[str, Any], kind: Kind, text: str, remark: str | None) -> None:
    found = parse(update, BOT)
    assert found is not None
    assert (found.kind, found.text, found.remark) == (kind, text, remark)
    assert (found.key, found.sender, found.address) == ("1", ME, str(made.PERSON))


@pytest.mark.parametrize(
    "update",
    [
        made.edited(1, "sửa"),
        made.joined(1),
        made.unknown(1),
        made.membership(1, "left"),
        made.in_group(1, "nói chuyện riêng trong nhóm"),
        made.in_group(1, "nhắc @thu_motcua_bot_khac thôi"),
        {},
        {"update_id": "1"},
        {"update_id": True, "message": made.text(1, "x")["message"]},
        {"update_id": 1, "message": "chữ"},
        {"update_id": 1, "message": {**made.text(1, "x")["message"], "from": made.person(is_bot=True)}},
    ],
)
def test_what_needs_no_work(update: dict[str, Any]) -> None:
    assert parse(update, BOT) is None


def test_in_groups_only_messages_for_the_bot_count_and_each_member_has_a_conversation() -> None:
    found = parse(made.in_group(1, "@Thu_MotCua_Bot khai sinh cần gì?"), BOT)
    assert found is not None
    assert (found.text, found.sender, found.address) == ("khai sinh cần gì?", f"tg:-100200:{made.PERSON}", "-100200")
    told = {"message_id": 3, "date": 1, "chat": {"id": -100200, "type": "supergroup"}, "text": "Ý bạn là?"}
    answered = {**told, "from": {"id": 12345, "is_bot": True, "first_name": "T", "username": BOT}}
    found = parse(made.in_group(2, "cái thứ hai", reply_to_message=answered), BOT)
    assert found is not None
    assert found.text == "cái thứ hai"
    assert parse(made.in_group(3, "@thu_motcua_bot chào"), "") is None


@pytest.mark.parametrize("code", ["1.000894", "2.000815.000.00.00.H29"])
def test_a_deep_link_leads_back_to_its_procedure(code: str) -> None:
    assert from_link(to_link(code)) == f"thu-tuc:{code}"


@pytest.mark.parametrize("update", made.all_kinds())
def test_both_libraries_read_what_the_fake_makes(update: dict[str, Any]) -> None:
    assert Update.de_json(dict(update), None).update_id == OtherUpdate.to_object(update).update_id


def test_the_sheets_fixtures_are_understood() -> None:
    path = SHARED / "channels" / "telegram_fixtures.json"
    if not path.exists():
        pytest.skip("the channel sheet isn't here")
    fixtures = json.loads(path.read_text(encoding="utf-8"))
    kinds = {name: found.kind.value if (found := parse(update, BOT)) else None for name, update in fixtures.items()}
    assert kinds == {
        "text": "text",
        "start": "payload",
        "edited": None,
        "callback": "tap",
        "callback_old": "tap",
        "location": "say",
        "contact": "say",
        "photo": "text",
        "sticker": "say",
        "blocked": "event",
        "unknown": None,
    }


_BODIES = [body for body in made.all_kinds() if "kind_to_come" not in body]


@settings(max_examples=300, derandomize=True, deadline=None)
@given(mutated(_BODIES[0]) | mutated(_BODIES[3]) | mutated(_BODIES[6]) | mutated(_BODIES[8]) | mutated(_BODIES[10]))
def test_spoilt_updates_are_never_trouble(raw: bytes) -> None:
    try:
        data = json.loads(raw)
    except ValueError:
        return
    found = parse(data, BOT) if isinstance(data, dict) else None
    if found is None:
        return
    assert isinstance(found, Incoming)
    assert found.sender.startswith("tg:")
    assert found.address.lstrip("-").isdigit()
    kept = tidy(found)
    assert kept is None or kept.text.encode() is not None
