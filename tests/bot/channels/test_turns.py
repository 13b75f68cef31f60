"""The door into Rasa for the channels: one turn for a message, whatever dies between the two, and none that is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Optional

import httpx
import pytest
import sqlalchemy as sa
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels import conversations
from bot.channels.inbox.assistant import Away, Interrupted, NoAnswer, RasaAssistant, TurnFailed
from bot.channels.turns import TurnsInput
from bot.tracker_store import ConversationStore
from bot.turn_results import turn_results
from rendering.tree import Paragraph
from tests.bot.channels.inbox.support import message
from tests.fakes.rasa_server import rasa_server

SECRET = "only-for-tests-only-for-tests"
REPLY = {"blocks": [{"type": "text", "text": "Dạ"}], "buttons": [{"title": "Phí", "payload": "hoi:phí"}]}


class Bot:
    """What Rasa does in a turn, with the real store behind its own wrapper: read, say something, keep.

    Attributes:
        says: what is said; nothing where the action server is away.
        turns: how many ran.
        wait: held up until it is set.
    """

    def __init__(self) -> None:
        self.store = ConversationStore(Domain.empty())
        self.says: Optional[dict[str, Any]] = {"text": "Dạ", "reply": REPLY}
        self.turns = 0
        self.wait = asyncio.Event()
        self.wait.set()

    async def __call__(self, told: UserMessage) -> None:
        self.turns += 1
        store = FailSafeTrackerStore(self.store)
        tracker = await store.get_or_create_tracker(told.sender_id)
        tracker.update(UserUttered(told.text))
        await self.wait.wait()
        if self.says:
            tracker.update(BotUttered(self.says["text"]))
            await told.output_channel.send_response(told.sender_id, self.says)
        await store.save(tracker)

    async def heard(self, sender: str = "t:1") -> list[str]:
        """What the conversation holds of the person's words."""
        tracker = await self.store.retrieve(sender)
        return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bot]:
    monkeypatch.setenv("MOTCUA_TRACKER_URL", f"sqlite:///{tmp_path}/conversations.db")
    monkeypatch.setenv("MOTCUA_CHANNEL_SECRET", SECRET)
    made = Bot()
    yield made
    made.store.engine.dispose()


@contextlib.asynccontextmanager
async def asking(bot: Bot, timeout: float = 20.0) -> AsyncIterator[RasaAssistant]:
    async with rasa_server([TurnsInput(SECRET)], bot) as url:
        client = httpx.AsyncClient(base_url=url, headers={"X-Motcua-Secret": SECRET}, timeout=timeout)
        assistant = RasaAssistant(timeout, client)
        yield assistant
        await assistant.close()


async def test_a_message_asked_for_again_runs_no_second_turn_and_gets_the_same_replies(bot: Bot) -> None:
    async with asking(bot) as assistant:
        first = await assistant.turn(message(1), "phí bao nhiêu")
        again = await assistant.turn(message(1), "phí bao nhiêu")
        other = await assistant.turn(message(2), "mấy ngày")
    assert first.trees[0].blocks == (Paragraph("Dạ"),)
    assert [button.payload for button in first.trees[0].buttons] == ["hoi:phí"]
    assert again == first
    assert other.trees
    assert bot.turns == 2
    assert await bot.heard() == ["phí bao nhiêu", "mấy ngày"]


async def test_who_asked_went_away_and_the_turn_ended_all_the_same(bot: Bot) -> None:
    bot.wait.clear()
    async with asking(bot, timeout=0.3) as assistant:
        with pytest.raises(TimeoutError):
            await assistant.turn(message(1), "phí bao nhiêu")
        bot.wait.set()
        assert (await assistant.turn(message(1), "phí bao nhiêu")).trees
    assert bot.turns == 1
    assert await bot.heard() == ["phí bao nhiêu"]


async def test_a_turn_that_said_nothing_leaves_no_trace_and_is_run_anew(bot: Bot) -> None:
    bot.says = None
    async with asking(bot) as assistant:
        with pytest.raises(NoAnswer):
            await assistant.turn(message(1), "phí bao nhiêu")
        assert await bot.heard() == []
        bot.says = {"text": "Dạ"}
        assert (await assistant.turn(message(1), "phí bao nhiêu")).trees
    assert await bot.heard() == ["phí bao nhiêu"]


async def test_replies_of_a_turn_that_was_not_kept_are_not_given_out(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asking(bot) as assistant:
        with bot.store.engine.begin() as connection:
            connection.execute(
                sa.text("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(FAIL, 'x'); END")
            )
        with pytest.raises(Away):
            await assistant.turn(message(1), "phí bao nhiêu")
        with bot.store.engine.begin() as connection:
            connection.execute(sa.text("DROP TRIGGER full"))
            assert connection.execute(sa.select(sa.func.count()).select_from(turn_results)).scalar() == 0
        assert (await assistant.turn(message(1), "phí bao nhiêu")).trees
    assert await bot.heard() == ["phí bao nhiêu"]


async def test_a_conversation_that_could_not_be_read_is_not_written_over(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asking(bot) as assistant:
        await assistant.turn(message(1), "một")
        with monkeypatch.context() as broken:

            def breaks(*_: Any, **__: Any) -> None:
                raise sa.exc.OperationalError("read", {}, Exception())

            broken.setattr("bot.tracker_store.ConversationStore._rows", breaks)
            with pytest.raises(Away):
                await assistant.turn(message(2), "hai")
        await assistant.turn(message(2), "hai")
    assert await bot.heard() == ["một", "hai"]


async def test_two_rasas_with_the_same_message_keep_one_turn(bot: Bot) -> None:
    other = Bot()
    bot.wait.clear()
    async with asking(bot) as slow, asking(other) as quick:
        late = asyncio.create_task(slow.turn(message(1), "phí bao nhiêu"))
        while not bot.turns:
            await asyncio.sleep(0.01)
        first = await quick.turn(message(1), "phí bao nhiêu")
        bot.wait.set()
        assert await late == first
    other.store.engine.dispose()
    assert await bot.heard() == ["phí bao nhiêu"]


async def test_only_the_last_result_of_a_person_is_kept_and_goes_with_them(bot: Bot) -> None:
    async with asking(bot) as assistant:
        for number in range(3):
            await assistant.turn(message(number), f"câu {number}")
        await assistant.turn(message(9, sender="t:2"), "của người khác")
    with bot.store.engine.begin() as connection:
        kept = dict(connection.execute(sa.select(turn_results.c.sender, turn_results.c.message)).all())
    assert kept == {"t:1": "test k2", "t:2": "test k9"}
    conversations.keeper().erase("t:1")
    with bot.store.engine.begin() as connection:
        assert list(connection.execute(sa.select(turn_results.c.sender)).scalars()) == ["t:2"]
    assert await bot.heard() == []


async def test_strangers_stay_outside_and_odd_bodies_run_no_turn(bot: Bot) -> None:
    async with rasa_server([TurnsInput(SECRET)], bot) as url, httpx.AsyncClient() as http:
        told = {"channel": "test", "sender": "t:1", "key": "k1", "text": "phí"}
        for secret in (b"", b"sai", b"\xff\xfe"):
            answer = await http.post(f"{url}/webhooks/turns/message", json=told, headers=[(b"X-Motcua-Secret", secret)])
            assert answer.status_code == 403
        right = {"X-Motcua-Secret": SECRET}
        bodies: list[Any] = [{}, [], None, {**told, "text": ""}, {**told, "sender": 5}]
        for odd in bodies:
            answer = await http.post(f"{url}/webhooks/turns/message", json=odd, headers=right)
            assert answer.status_code == 400
        assert (await http.get(f"{url}/webhooks/turns/")).json() == {"status": "ok"}
    assert bot.turns == 0


async def test_what_breaks_and_what_is_away_are_told_apart(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asking(bot) as assistant:
        with monkeypatch.context() as broken:
            broken.setattr(bot, "wait", None)
            with pytest.raises(TurnFailed):
                await assistant.turn(message(1), "phí")
        assert await assistant.healthy()
    assert not await assistant_at("http://127.0.0.1:9").healthy()
    with pytest.raises(Away):
        await assistant_at("http://127.0.0.1:9").turn(message(1), "phí")
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Interrupted):
        await assistant_at(f"http://127.0.0.1:{port}").turn(message(1), "phí")
    server.close()
    await server.wait_closed()


def assistant_at(url: str) -> RasaAssistant:
    return RasaAssistant(5.0, httpx.AsyncClient(base_url=url))
