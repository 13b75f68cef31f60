from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from bot.channels import web
from bot.channels.inbox.database import open_inbox
from bot.channels.switches import switch
from bot.channels.web import TurnCollector, WebInput
from bot.tracker_store import ConversationStore

SECRET = "a-secret-of-the-tests-only"
Turn = Callable[[UserMessage], Awaitable[Any]]


@pytest.fixture(autouse=True)
def _own_databases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{tmp_path}/inbox.db")


@pytest.fixture(autouse=True)
def _many_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sanic starts a second application in one process only where it is told of tests."""
    monkeypatch.setattr(Sanic, "test_mode", True)


class Door:
    """The channel in a server of its own, with a turn that tests choose."""

    def __init__(self) -> None:
        self.app = Sanic("door", configure_logging=False)
        self.heard: list[UserMessage] = []
        self.turn: Turn = self.answer
        self.app.blueprint(WebInput(SECRET).blueprint(self._on_new_message), url_prefix="/webhooks/web")
        self.app.ctx.agent = SimpleNamespace(is_ready=lambda: True)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://door")

    async def _on_new_message(self, message: UserMessage) -> None:
        self.heard.append(message)
        await self.turn(message)

    async def answer(self, message: UserMessage) -> None:
        await message.output_channel.send_response(
            message.sender_id, {"text": "Dạ", "reply": {"lead": "Dạ"}, "turn": {"outcome": "answered"}}
        )

    async def post(self, body: Any = None, secret: str = SECRET, **kwargs: Any) -> httpx.Response:
        content = kwargs or {"json": body}
        return await self.client.post("/webhooks/web/message", headers={"X-Motcua-Secret": secret}, **content)

    async def say(self, text: str, sender: str = "s1") -> dict[str, Any]:
        answer = await self.post({"sender": sender, "text": text})
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    await door.app._startup()
    yield door
    await door.client.aclose()


async def test_a_turn_answers_with_its_replies_and_record(door: Door) -> None:
    told = await door.say("lệ phí bao nhiêu")
    assert told["replies"] == [{"text": "Dạ", "tree": {"lead": "Dạ"}}]
    assert told["turn"] == {"outcome": "answered"}
    assert told["ms"] >= 0
    (message,) = door.heard
    assert (message.text, message.sender_id, message.input_channel) == ("lệ phí bao nhiêu", "s1", "web")


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET.upper()])
async def test_a_wrong_secret_is_refused_before_anything_is_read(door: Door, secret: str) -> None:
    answer = await door.post(content=b"\xff not json", secret=secret)
    assert answer.status_code == 403
    assert door.heard == []


async def test_no_secret_is_refused(door: Door) -> None:
    answer = await door.client.post("/webhooks/web/message", json={"sender": "s", "text": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        None, [], "text", 3, {}, {"text": "x"}, {"sender": "", "text": "x"}, {"sender": 7, "text": "x"},
        {"sender": "s" * 101, "text": "x"}, {"sender": "s"}, {"sender": "s", "text": 5}, {"sender": "s", "text": None},
        {"sender": "s", "text": ["x"]}, {"sender": "s", "button": "/danger"}, {"sender": "s", "button": 4},
        {"sender": "s", "button": "thu-tuc:1.001193:no_such", "text": "x"},
    ],
)  # fmt: skip
async def test_strange_bodies_are_refused(door: Door, body: Any) -> None:
    assert (await door.post(body)).status_code == 400
    assert door.heard == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"sender=s&text=x", b"[" * 50_000], ids=["none", "cut", "bytes", "form", "deep"]
)
async def test_what_is_no_json_is_refused(door: Door, content: bytes) -> None:
    assert (await door.post(content=content)).status_code == 400
    assert door.heard == []


async def test_before_the_model_is_ready_messages_are_turned_away(door: Door) -> None:
    for agent in (None, SimpleNamespace(is_ready=lambda: False)):
        door.app.ctx.agent = agent
        assert (await door.post({"sender": "s", "text": "chào"})).status_code == 503
        assert (await door.client.get("/webhooks/web/")).status_code == 503
    assert door.heard == []


async def test_health_needs_no_secret(door: Door) -> None:
    answer = await door.client.get("/webhooks/web/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("text", ["/danger", "  /danger", "//danger", "\x01/danger", '／danger{"a": "b"}'])
async def test_typed_text_never_becomes_a_payload(door: Door, text: str) -> None:
    await door.say(text)
    assert door.heard[0].text.startswith("danger")


async def test_a_button_becomes_rasas_payload(door: Door) -> None:
    assert (await door.post({"sender": "s", "button": "chon:2", "text": "Khai sinh"})).status_code == 200
    assert door.heard[0].text == '/choose_option{"ordinal": "2"}'


@pytest.mark.parametrize("text", ["", "   ", "/", "\u200b"])
async def test_a_message_of_nothing_still_is_a_turn(door: Door, text: str) -> None:
    assert (await door.say(text))["replies"]
    assert door.heard[0].text == "…"


async def test_a_very_long_message_is_cut(door: Door) -> None:
    await door.say("a" * 50_000)
    assert len(door.heard[0].text) == web.LONGEST_TEXT


async def test_a_failing_turn_answers_and_logs_no_text(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(message: UserMessage) -> None:
        raise RuntimeError(f"broke on {message.text}")

    door.turn = fail
    with caplog.at_level(logging.DEBUG):
        told = await door.say("bí mật của tôi")
    assert (told["replies"], told["turn"]) == ([], None)
    assert "turn failed: RuntimeError" in caplog.text
    assert "bí mật" not in caplog.text
    door.turn = door.answer
    assert (await door.say("còn đó không"))["replies"]


async def test_a_turn_that_takes_too_long_is_given_up(
    door: Door, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled = asyncio.Event()

    async def hang(message: UserMessage) -> None:
        await door.answer(message)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    monkeypatch.setattr(web, "TURN_TIMEOUT", 0.05)
    door.turn = hang
    with caplog.at_level(logging.DEBUG):
        told = await door.say("bí mật của tôi")
    assert [reply["text"] for reply in told["replies"]] == ["Dạ"]  # what was said before stays said
    assert cancelled.is_set()
    assert "turn timed out" in caplog.text
    assert "bí mật" not in caplog.text


async def test_turns_of_one_sender_follow_each_other(door: Door) -> None:
    steps: list[str] = []

    async def slow(message: UserMessage) -> None:
        steps.append(f"begin {message.text}")
        for _ in range(20):
            await asyncio.sleep(0)
        steps.append(f"end {message.text}")

    door.turn = slow
    await asyncio.gather(*(door.say(str(number)) for number in range(4)))
    assert steps == [f"{step} {number}" for number in range(4) for step in ("begin", "end")]


async def test_turns_of_two_senders_do_not_wait_for_each_other(door: Door) -> None:
    second_came = asyncio.Event()

    async def meet(message: UserMessage) -> None:
        if message.sender_id == "first":
            await second_came.wait()
        else:
            second_came.set()
        await door.answer(message)

    door.turn = meet
    told = await asyncio.wait_for(asyncio.gather(door.say("a", "first"), door.say("b", "second")), 10)
    assert all(turn["replies"] for turn in told)


async def test_rasas_own_utterances_are_kept_without_a_tree() -> None:
    collector = TurnCollector()
    await collector.send_text_message("s", "Chào bạn")
    await collector.send_response("s", {"turn": {"outcome": "answered"}})
    assert collector.replies == [{"text": "Chào bạn", "tree": None}]
    assert collector.record == {"outcome": "answered"}


async def test_the_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    monkeypatch.setenv("MOTCUA_CHANNEL_SECRET", SECRET)
    channel = WebInput.from_credentials({"secret": "another-one-in-credentials"})
    app = Sanic("door", configure_logging=False)
    app.blueprint(channel.blueprint(lambda message: asyncio.sleep(0)), url_prefix="/webhooks/web")
    await app._startup()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://door") as client:
        for secret, status in ((SECRET, 503), ("another-one-in-credentials", 403)):
            answer = await client.post(
                "/webhooks/web/message", headers={"X-Motcua-Secret": secret}, json={"sender": "s", "text": "x"}
            )
            assert answer.status_code == status
    monkeypatch.setenv("MOTCUA_CHANNEL_SECRET", "short")
    with pytest.raises(ValueError, match="MOTCUA_CHANNEL_SECRET"):
        WebInput.from_credentials(None)


async def test_personal_numbers_are_masked_before_rasa_sees_them_and_the_person_is_told_once(door: Door) -> None:
    told = await door.say("sđt em 0912345678, cccd 079185001234, khai sinh cần gì")
    assert [message.text for message in door.heard] == ["sđt em [số điện thoại], cccd [số định danh], khai sinh cần gì"]
    first, *rest = told["replies"]
    assert "đừng gửi" in first["text"]
    assert rest == [{"text": "Dạ", "tree": {"lead": "Dạ"}}]
    assert told["turn"] == {"outcome": "answered"}


async def test_the_code_of_a_dossier_is_masked_and_its_question_kept(door: Door) -> None:
    told = await door.say("hồ sơ H29.12-250610-0034 tới đâu rồi")
    assert [message.text for message in door.heard] == ["hồ sơ [mã hồ sơ] tới đâu rồi"]
    assert "đừng gửi mã hồ sơ" in told["replies"][0]["text"]


async def test_a_forged_button_is_masked_too(door: Door) -> None:
    await door.post({"sender": "s1", "button": "hoi:gọi 0912345678"})
    assert [message.text for message in door.heard] == ["gọi [số điện thoại]"]


async def test_a_turn_without_an_answer_is_not_told_about_masks(door: Door) -> None:
    async def nothing(message: UserMessage) -> None:
        return None

    door.turn = nothing
    assert (await door.say("0912345678"))["replies"] == []


async def test_who_wants_to_be_forgotten_is_and_is_told_what_went(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{tmp_path}/inbox.db")
    monkeypatch.setenv("MOTCUA_TRACKER_URL", f"sqlite:///{tmp_path}/conversations.db")
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/motcua.db")
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")
    store = ConversationStore()
    for sender in ("s1", "s2"):
        tracker = DialogueStateTracker.from_events(sender, [UserUttered("bí mật")])
        await store.save(tracker)

    async def wish(message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, {"text": "Mình xóa ngay đây.", "wish": "erase"})

    door.turn = wish
    told = await door.say("đồng ý xóa")
    assert [reply["text"][:8] for reply in told["replies"]] == ["Mình xóa", "Xong rồi"]
    assert await store.retrieve("s1") is None
    assert await store.retrieve("s2") is not None
    store.engine.dispose()


async def test_a_page_that_is_switched_off_says_so(door: Door) -> None:
    switch(open_inbox(), "web", "Trang nghỉ đến 17 giờ.")
    told = await door.say("lệ phí bao nhiêu")
    assert [reply["text"] for reply in told["replies"]] == ["Trang nghỉ đến 17 giờ."]
    assert door.heard == []
