"""The Rasa server killed again and again while Zalo delivers: every message is answered, none twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.channels.inbox.database import open_inbox
from bot.channels.inbox.tables import inbox_messages, outbox_messages
from bot.channels.server import configured_doors
from settings.channels import inbox_settings
from tests.bot.channels.inbox.support import all_done
from tests.bot.channels.inbox.test_crashes import in_another_process
from tests.fakes.channels_server import UserMessage, channels_server
from tests.fakes.serving import serving
from tests.fakes.zalo_events import Sender
from tests.fakes.zalo_oa import FakeZaloOa, Received

PEOPLE, EACH, KILLS = 20, 10, 5
SENDER = Sender()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def platform(port: int, arrived: Path) -> None:
    """Zalo, in a process that outlives ours; what arrives is a line of a file."""

    def note(message: Received) -> None:
        with arrived.open("a", encoding="utf-8") as file:
            file.write(f"{message.user} {message.text}\n")

    with serving(FakeZaloOa(on_message=note, any_refresh=True).app, port):
        signal.pause()


def assistant(port: int) -> None:
    """The Rasa server with the channel; a turn takes a few milliseconds and says back what it heard."""

    async def turn(message: UserMessage) -> None:
        await asyncio.sleep(0.005)
        await message.output_channel.send_response(message.sender_id, {"text": f"đáp {message.text}"})

    async def run() -> None:
        async with channels_server(configured_doors(), turn, port=port):
            await asyncio.Event().wait()

    asyncio.run(run())


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


@pytest.fixture
def ports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    zalo, rasa = free_port(), free_port()
    for name, value in {
        "MOTCUA_INBOX_URL": f"sqlite:///{tmp_path}/inbox.db", "MOTCUA_INBOX_POLL": "0.02", "MOTCUA_INBOX_LEASE": "2",
        "MOTCUA_ZALO_APP_ID": SENDER.app_id, "MOTCUA_ZALO_OA_ID": SENDER.oa_id,
        "MOTCUA_ZALO_APP_SECRET": FakeZaloOa().app_secret, "MOTCUA_ZALO_OA_SECRET_KEY": SENDER.secret_key,
        "MOTCUA_ZALO_REFRESH_TOKEN": "ban-dau", "MOTCUA_ZALO_API_URL": f"http://127.0.0.1:{zalo}",
        "MOTCUA_ZALO_OAUTH_URL": f"http://127.0.0.1:{zalo}",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    started = in_another_process(lambda: platform(zalo, tmp_path / "arrived"))
    yield zalo, rasa
    end(started)


def test_killed_while_zalo_delivers(ports: tuple[int, int], tmp_path: Path) -> None:
    _, port = ports
    chance = random.Random(11)
    questions = [(f"63{person:017d}", f"câu {number}") for number in range(EACH) for person in range(PEOPLE)]
    killed_at = set(chance.sample(range(20, len(questions)), KILLS))
    running = in_another_process(lambda: assistant(port))
    try:
        with httpx.Client() as http:
            for number, (user, text) in enumerate(questions):
                deliver(http, port, user, text)
                if number in killed_at:
                    end(running)
                    running = in_another_process(lambda: assistant(port))
        check(tmp_path, questions)
    finally:
        end(running)


def deliver(http: httpx.Client, port: int, user: str, text: str) -> None:
    """As Zalo does: the same bytes again until they are taken."""
    raw, headers = SENDER.signed(SENDER.text(text, user))
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        try:
            if http.post(f"http://127.0.0.1:{port}/webhooks/zalo/webhook", content=raw, headers=headers).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.02)
    raise AssertionError("an event was never taken")


def check(folder: Path, questions: list[tuple[str, str]]) -> None:
    inbox = open_inbox()
    give_up = time.monotonic() + 60
    while not all_done(inbox):
        assert time.monotonic() < give_up, "messages are left over"
        time.sleep(0.05)
    with inbox.begin() as connection:
        statuses = set(connection.execute(sa.select(inbox_messages.c.status)).scalars())
        rows = connection.execute(sa.select(outbox_messages.c.status, outbox_messages.c.sender)).all()
    inbox.engine.dispose()
    arrived = Counter((folder / "arrived").read_text(encoding="utf-8").splitlines())
    expected = {f"{user} đáp {text}" for user, text in questions}
    unsure = sum(row.status == "unsure" for row in rows)
    assert statuses == {"done"}
    assert len(rows) == len(questions), "every message has one answer"
    assert max(arrived.values()) == 1, "something arrived twice"
    assert set(arrived) <= expected
    # Those in flight at a kill may or may not have arrived: told apart in the outbox, never sent twice.
    assert len(expected) - unsure <= len(arrived)
    assert unsure <= KILLS * inbox_settings().sends
