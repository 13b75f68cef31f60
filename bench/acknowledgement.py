"""How soon a webhook is acknowledged, with many senders at once, while turns run.

    python -m bench.acknowledgement [--senders 50] [--seconds 30] [--database ADDRESS]

Starts Rasa, the action server and the channels as ``motcua run`` does, beside a Telegram of our own on loopback, and
sends updates as Telegram does: over connections that stay open, each sender's next update after a pause. The assistant
has more to answer than it can, so that turns run all the time. Two figures: senders who write when they like, and all
of them in the same moment. What is timed is the sender's view, from the first byte written to the status line.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import socket
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Optional
from unittest import mock

import httpx
import psutil
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from motcua.setup import ready_database, ready_vectors
from motcua.supervisor import Supervisor, find_model, services

SECRET = "shown-by-the-telegram-of-the-bench"
TOKEN = "12345:only-for-the-bench-only-for-the-bench"
QUESTIONS = ("đăng ký khai sinh cần giấy tờ gì", "làm hộ chiếu hết bao nhiêu tiền", "đăng ký kết hôn mất mấy ngày")
PAUSE = (0.3, 1.2)
"""Seconds of a sender's pause, evenly drawn: 50 senders send 65 updates a second, more than is answered."""
REST = 1.0
"""Seconds between moments in which all write at once."""
START_SECONDS = 180.0


class _Telegram:
    """Takes whatever is called and counts the messages sent."""

    def __init__(self) -> None:
        self.sent = 0
        self.app = Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])])

    async def _call(self, request: Request) -> JSONResponse:
        if request.path_params["method"].lower() != "sendmessage":
            me = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
            return JSONResponse({"ok": True, "result": me})
        self.sent += 1
        chat = {"id": 1, "type": "private"}
        return JSONResponse({"ok": True, "result": {"message_id": self.sent, "date": 0, "chat": chat, "text": "x"}})


class _Sender:
    """One connection of the platform's."""

    def __init__(self, port: int, number: int) -> None:
        self._port, self._chat = port, 700_000_000 + number
        self._count = number * 1_000_000
        self._chance = random.Random(number)
        self._streams: Optional[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = None
        self.times: list[float] = []
        self.statuses: list[int] = []

    async def connect(self) -> None:
        self._streams = await asyncio.open_connection("127.0.0.1", self._port)

    async def post(self) -> None:
        """Post an update and note how long the answer took."""
        assert self._streams is not None
        reader, writer = self._streams
        request = self._request()
        started = time.perf_counter()
        writer.write(request)
        line = await reader.readline()
        self.times.append(time.perf_counter() - started)
        self.statuses.append(int(line.split()[1]))
        head = await reader.readuntil(b"\r\n\r\n")
        for field in head.decode().lower().split("\r\n"):
            if field.startswith("content-length:"):
                await reader.readexactly(int(field.split(":")[1]))

    async def steady(self, until: float) -> None:
        while time.perf_counter() < until:
            await asyncio.sleep(self._chance.uniform(*PAUSE))
            await self.post()

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()

    def _request(self) -> bytes:
        self._count += 1
        person = {"id": self._chat, "is_bot": False, "first_name": "B"}
        message = {
            "message_id": self._count, "from": person, "date": int(time.time()),
            "chat": {"id": self._chat, "type": "private"}, "text": self._chance.choice(QUESTIONS),
        }  # fmt: skip
        body = json.dumps({"update_id": self._count, "message": message}).encode()
        head = (
            "POST /webhooks/telegram/webhook HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def measure(senders: int = 50, seconds: float = 30.0, database: str = "") -> dict[str, Any]:
    """Acknowledgement times of the channels while Rasa computes turns.

    Args:
        senders: how many at once.
        seconds: of each of the two ways of sending.
        database: an empty PostgreSQL database for the messages; by default an SQLite file.

    Returns:
        For 'steady' and 'at_once': count, and median, p95, p99 and longest in milliseconds; 'turns_a_second' meanwhile;
        'refused', the updates that weren't taken; the load of the machine, which decides what the figures are worth.
    """
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, _settings(Path(folder), database)):
        return asyncio.run(_measure(senders, seconds))


def _settings(folder: Path, database: str) -> dict[str, str]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(4)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        ports = [str(probe.getsockname()[1]) for probe in probes]
    names = ("RASA", "ACTIONS", "CHANNELS", "TELEGRAM")
    found = {f"MOTCUA_{name}_PORT": port for name, port in zip(names[:3], ports, strict=False)}
    return {
        **found,
        "MOTCUA_INBOX_URL": database or f"sqlite:///{folder}/inbox.db",
        "MOTCUA_TRACKER_URL": f"sqlite:///{folder}/conversations.db",
        "MOTCUA_TELEGRAM_TOKEN": TOKEN, "MOTCUA_TELEGRAM_SECRET": SECRET, "MOTCUA_TELEGRAM_PROFILE": "off",
        "MOTCUA_TELEGRAM_API": f"http://127.0.0.1:{ports[3]}/bot", "MOTCUA_TELEGRAM_RATE": "10000",
        "MOTCUA_TELEGRAM_CHAT_RATE": "10000", "MOTCUA_LIMIT_PERSON_BURST": "0", "MOTCUA_INBOX_MAX_PENDING": "100000",
        "MOTCUA_INBOX_MAX_WAITING": "1000000",
    }  # fmt: skip


async def _measure(senders: int, seconds: float) -> dict[str, Any]:
    telegram = _Telegram()
    async with _platform(telegram), _stack():
        port = int(os.environ["MOTCUA_CHANNELS_PORT"])
        found: dict[str, Any] = {"senders": senders, "seconds": seconds, "cores": psutil.cpu_count()}
        found["load_before"] = round(psutil.getloadavg()[0], 1)
        crowd = [_Sender(port, number) for number in range(1, senders + 1)]
        await asyncio.gather(*(sender.connect() for sender in crowd))
        await asyncio.gather(*(sender.post() for sender in crowd))  # the first turns load what is loaded once
        ways: dict[str, Callable[[list[_Sender], float], Any]] = {"steady": _steady, "at_once": _at_once}
        for name, way in ways.items():
            for sender in crowd:
                sender.times.clear()
            before, started = telegram.sent, time.perf_counter()
            await way(crowd, seconds)
            spent = time.perf_counter() - started
            found[name] = {**_figures([t for sender in crowd for t in sender.times])}
            found[name]["turns_a_second"] = round((telegram.sent - before) / spent, 1)
        found["refused"] = sum(status != 200 for sender in crowd for status in sender.statuses)
        for sender in crowd:
            sender.close()
        return found


async def _steady(crowd: list[_Sender], seconds: float) -> None:
    until = time.perf_counter() + seconds
    await asyncio.gather(*(sender.steady(until) for sender in crowd))


async def _at_once(crowd: list[_Sender], seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        await asyncio.gather(*(sender.post() for sender in crowd))
        await asyncio.sleep(REST)


def _figures(times: list[float]) -> dict[str, Any]:
    spent = sorted(1000 * seconds for seconds in times)

    def at(part: float) -> float:
        return round(spent[min(len(spent) - 1, int(part * len(spent)))], 1)

    return {"count": len(spent), "median_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "longest_ms": at(1.0)}


@contextlib.asynccontextmanager
async def _platform(telegram: _Telegram) -> AsyncIterator[None]:
    port = int(os.environ["MOTCUA_TELEGRAM_API"].split(":")[2].split("/")[0])
    server = uvicorn.Server(
        uvicorn.Config(telegram.app, host="127.0.0.1", port=port, log_level="warning", ws="none", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield
    server.should_exit = True
    await asyncio.to_thread(thread.join, 10)


@contextlib.asynccontextmanager
async def _stack() -> AsyncIterator[None]:
    """Rasa, the action server and the channels, ready."""
    ready = asyncio.Event()
    await asyncio.to_thread(lambda: ready_vectors(ready_database(_tell), _tell))
    wanted = [service for service in services(find_model()) if service.name != "web"]
    supervisor = Supervisor(wanted, _tell, quiet=True)
    running = asyncio.create_task(supervisor.run(ready.set, signals=False))
    try:
        await asyncio.wait_for(ready.wait(), START_SECONDS)
        async with httpx.AsyncClient() as client:
            address = f"http://127.0.0.1:{os.environ['MOTCUA_CHANNELS_PORT']}/readyz"
            while (await client.get(address)).status_code != 200:
                await asyncio.sleep(0.1)
        yield
    finally:
        supervisor.stop()
        await running


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--senders", type=int, default=50)
    options.add_argument("--seconds", type=float, default=30.0)
    options.add_argument("--database", default="", help="an empty PostgreSQL database; SQLite otherwise")
    given = options.parse_args()
    print(json.dumps(measure(given.senders, given.seconds, given.database), indent=1))


if __name__ == "__main__":
    main()
