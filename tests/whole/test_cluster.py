"""Two of everything on one PostgreSQL server, with Redis and RabbitMQ: a city's size, on one machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aio_pika
import httpx
import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from analytics.tables import turns
from knowledge.content import load_content
from knowledge.database import migrate, open_engine
from knowledge.vectors import load_shipped
from tests.analytics.test_consumer import RABBITMQ
from tests.conftest import postgres_database, unless_required
from tests.limits.test_buckets import REDIS
from tests.whole.conftest import Person, build_house, free_ports, house_environment, wait_until
from vietnamese.embedding import SentenceEncoder
from web.words import SLOW_DOWN

pytestmark = pytest.mark.timeout(600)  # of which all but the first minute is for a machine that does other work
BIRTH = "1.001193"
START_SECONDS = 400
"""Longest wait for all parts, far above what they take: other work may share the cores."""
BURST = 6


@dataclass
class Cluster:
    """Two web pages, each before a Rasa of its own, each of those before an action server of its own."""

    webs: tuple[str, str]
    processes: dict[str, subprocess.Popen[bytes]]
    database: Engine
    conversations: Engine
    logs: Path

    def kill(self, name: str) -> None:
        """End a part at once."""
        self.processes[name].kill()
        self.processes[name].wait(10)

    def told(self, name: str) -> str:
        """The end of a part's log."""
        return (self.logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-2000:]


class Citizen(Person):
    """Somebody whose messages come through one web page after the other, as a balancer hands them out."""

    def __init__(self, cluster: Cluster, address: str = "") -> None:
        headers = {"X-Forwarded-For": address} if address else {}
        self.client = httpx.Client(timeout=40, headers=headers)
        self._cluster = cluster
        self.at = 0

    def through(self, place: int, text: str) -> Any:
        """Send a text by way of one of the pages."""
        self.client.base_url = httpx.URL(self._cluster.webs[place])
        return self._send({"text": text})

    def __call__(self, text: str) -> Any:
        """Send a text by way of the next page."""
        self.at += 1
        return self.through(self.at % 2, text)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@contextlib.contextmanager
def _queue() -> Iterator[str]:
    """A queue's name that nobody else has; the queue is deleted at the end."""
    name = f"motcua_test_{uuid.uuid4().hex[:12]}"

    async def at_broker(work: Callable[[Any], Any]) -> None:
        async with await aio_pika.connect(RABBITMQ, timeout=3) as connection:
            await work(await connection.channel())

    with unless_required("no RabbitMQ answers"):
        asyncio.run(at_broker(lambda channel: channel.declare_queue(name, durable=True)))
    try:
        yield name
    finally:
        asyncio.run(at_broker(lambda channel: channel.queue_delete(name)))


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, content_database: Path, encoder: SentenceEncoder
) -> Iterator[Cluster]:
    """All parts, answering."""
    house = build_house(tmp_path_factory.mktemp("cluster"), content_database)
    logs = house / "var" / "log"
    logs.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        with unless_required("no Redis answers"):
            redis.Redis.from_url(REDIS, socket_connect_timeout=2).ping()
        queue = stack.enter_context(_queue())
        urls = [stack.enter_context(postgres_database()) for _ in range(2)]
        database, conversations = (open_engine(url) for url in urls)
        stack.callback(database.dispose)
        stack.callback(conversations.dispose)
        migrate(database)
        load_content(database)
        with database.begin() as connection:
            load_shipped(connection, encoder)

        rasas, actions, webs = free_ports(2), free_ports(2), free_ports(2)
        shared = {
            "MOTCUA_DATABASE_URL": urls[0],
            "MOTCUA_TRACKER_URL": urls[1],
            "MOTCUA_REDIS_URL": REDIS,
            "MOTCUA_EVENTS_URL": RABBITMQ,
            "MOTCUA_EVENTS_QUEUE": queue,
            "MOTCUA_CHANNEL_SECRET": "c" * 32,
            "MOTCUA_SESSION_SECRET": "s" * 32,
            "MOTCUA_PSEUDONYM_SECRET": uuid.uuid4().hex,
            "MOTCUA_BUTTON_SECRET": "b" * 32,
            "MOTCUA_LIMIT_ADDRESS_BURST": str(BURST),
            "MOTCUA_LIMIT_ADDRESS_MINUTE": "1",
        }
        processes: dict[str, subprocess.Popen[bytes]] = {}

        def start(name: str, *command: str, **more: str) -> None:
            with (logs / f"{name}.log").open("wb") as log:
                processes[name] = subprocess.Popen(
                    [sys.executable, "-m", "motcua.cli", *command],
                    cwd=house, env=house_environment(**shared, **more), stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            stack.callback(_end, processes[name])

        for at in range(2):
            start(f"actions{at}", "serve", "actions", MOTCUA_ACTIONS_PORT=str(actions[at]))
            start(
                f"rasa{at}", "serve", "rasa",
                MOTCUA_RASA_PORT=str(rasas[at]), MOTCUA_ACTIONS_URL=f"http://127.0.0.1:{actions[at]}/webhook",
            )  # fmt: skip
            start(
                f"web{at}", "serve", "web",
                MOTCUA_WEB_PORT=str(webs[at]), MOTCUA_RASA_URL=f"http://127.0.0.1:{rasas[at]}",
            )  # fmt: skip
        start("events", "analytics", "consume")
        pages = (f"http://127.0.0.1:{webs[0]}", f"http://127.0.0.1:{webs[1]}")
        running = Cluster(pages, processes, database, conversations, logs)

        def up() -> bool:
            dead = [name for name, process in processes.items() if process.poll() is not None]
            assert not dead, "\n".join(f"{name}: {running.told(name)}" for name in dead)
            return all(_answers(f"{page}/readyz") for page in pages)

        wait_until(up, START_SECONDS, "all parts are up")
        yield running


def _end(process: subprocess.Popen[bytes]) -> None:
    for number, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 15)):
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)


@pytest.fixture
def citizen(cluster: Cluster) -> Iterator[Citizen]:
    """Somebody who hasn't written before."""
    somebody = Citizen(cluster)
    yield somebody
    somebody.client.close()


def test_a_conversation_goes_on_whichever_process_has_the_next_turn(citizen: Citizen) -> None:
    told = [citizen(text).turn for text in ("đăng ký khai sinh cho con cần giấy tờ gì", "còn lệ phí?", "mấy ngày xong")]
    assert [turn["answer"] for turn in told] == [BIRTH] * 3
    assert [turn["aspect"] for turn in told] == ["documents", "fee", "processing_time"]


def test_turns_of_one_person_on_two_processes_follow_each_other(cluster: Cluster, citizen: Citizen) -> None:
    citizen("đăng ký khai sinh cho con cần giấy tờ gì")
    with ThreadPoolExecutor(2) as both, httpx.Client(timeout=60, cookies=citizen.client.cookies) as client:
        sent = [
            both.submit(client.post, f"{page}/api/message", json={"text": "còn lệ phí?"}) for page in cluster.webs * 2
        ]
        told = [answer.result().json()["turn"] for answer in sent]
    assert [turn["answer"] for turn in told] == [BIRTH] * 4
    with cluster.conversations.connect() as connection:
        kinds = connection.execute(
            sa.text(
                "SELECT type_name FROM events WHERE type_name IN ('user', 'bot') AND sender_id ="
                " (SELECT sender_id FROM events ORDER BY id DESC LIMIT 1) ORDER BY id"
            )
        ).scalars()
        turns_in_order = "".join("u" if kind == "user" else "b" for kind in kinds)
    # Of turns that ran into each other two questions would stand side by side.
    assert turns_in_order.count("u") == 5
    assert "uu" not in turns_in_order


def test_rates_are_counted_together(cluster: Cluster) -> None:
    # From the range for documentation, another one each run: Redis remembers for minutes.
    somewhere = Citizen(cluster, f"2001:db8::{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}")
    elsewhere = Citizen(cluster, f"2001:db8:1::{uuid.uuid4().hex[:4]}")
    with contextlib.closing(somewhere.client), contextlib.closing(elsewhere.client):
        told = [somewhere("cảm ơn") for _ in range(BURST + 2)]
        assert [SLOW_DOWN in said.html for said in told] == [False] * BURST + [True] * 2
        assert SLOW_DOWN not in elsewhere("cảm ơn").html


def test_turns_arrive_in_the_figures_through_rabbitmq_once_each(cluster: Cluster, citizen: Citizen) -> None:
    asked = ("làm hộ chiếu cần giấy tờ gì", "còn lệ phí?", "làm hộ chiếu ở đâu", "mấy ngày xong")
    (passport,) = {citizen(text).turn["answer"] for text in asked}

    def arrived() -> int:
        # Nobody else of this database asks for passports; others on this broker have pseudonyms of their own.
        counted = sa.func.count().label("counted")
        of_one = (
            sa.select(counted).where(turns.c.procedure == passport).group_by(turns.c.person).order_by(counted.desc())
        )
        with cluster.database.connect() as connection:
            return int(connection.execute(of_one.limit(1)).scalar_one_or_none() or 0)

    wait_until(lambda: arrived() >= len(asked), 20, "the turns are written")
    time.sleep(0.5)  # for one that would come twice
    assert arrived() == len(asked)


def test_one_rasa_is_killed_and_the_conversation_goes_on_with_the_other(cluster: Cluster, citizen: Citizen) -> None:
    assert citizen.through(0, "đăng ký khai sinh cho con cần giấy tờ gì").turn["answer"] == BIRTH
    cluster.kill("rasa0")
    refused = citizen.through(0, "còn lệ phí?")
    assert (refused.status, refused.turn["outcome"]) == (200, "failed")
    assert not _answers(f"{cluster.webs[0]}/readyz")  # what tells a balancer to leave this page out
    went_on = citizen.through(1, "còn lệ phí?").turn
    assert (went_on["answer"], went_on["aspect"]) == (BIRTH, "fee")
