"""The supervisor over small processes that really run, die, hang and refuse to end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
import yaml

from knowledge.errors import ModelMissing, PortTaken
from motcua import supervisor as module
from motcua.supervisor import Service, Supervisor, check_ports, find_model, services
from tests.conftest import ROOT
from tests.whole.conftest import free_ports, wait_until

SERVE = """
import http.server, pathlib, signal, sys
port, sick = int(sys.argv[1]), pathlib.Path(sys.argv[2])
if "deaf" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500 if sick.exists() else 200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *_): pass
print("serving", flush=True)
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
PATIENCE = 30


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, and checks that don't take their time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(module, "FAILED_CHECKS", 2)
    return tmp_path


def server(name: str, *more: str) -> Service:
    port = free_ports(1)[0]
    return Service(name, [sys.executable, "-c", SERVE, str(port), f"{name}.sick", *more], f"http://127.0.0.1:{port}/")


async def until(done: Callable[[], bool], what: str) -> None:
    """The same as ``wait_until``, while the loop goes on."""
    for _ in range(PATIENCE * 50):
        if done():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {PATIENCE} seconds: {what}")


class Watched:
    """A supervisor at work and what it told."""

    def __init__(self, *found: Service, quiet: bool = False) -> None:
        self.services = found
        self.told: list[str] = []
        self.readied = 0
        self.supervisor = Supervisor(list(found), self.told.append, quiet)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.supervisor.run(self._ready, signals=False))
        try:
            yield
        finally:
            self.supervisor.stop()
            await task

    def _ready(self) -> None:
        self.readied += 1

    async def all_ready(self) -> None:
        await until(lambda: all(service.ready for service in self.services), "all services are ready")


def pid_of(service: Service) -> int:
    assert service.process is not None
    return service.process.pid


async def test_it_says_when_all_are_ready_and_leaves_nothing_behind() -> None:
    watched = Watched(server("one"), server("two"))
    async with watched.running():
        await until(lambda: watched.readied == 1, "it is ready")
        pids = [pid_of(service) for service in watched.services]
        assert all(map(psutil.pid_exists, pids))
    assert not any(map(psutil.pid_exists, pids))
    assert watched.readied == 1
    assert re.fullmatch(r"Sẵn sàng sau \d+ giây\. Bấm Ctrl-C để dừng\.", "\n".join(watched.told))
    assert Path("var/log/one.log").read_text(encoding="utf-8") == "serving\n"


async def test_what_dies_is_told_of_and_started_again() -> None:
    one, two = server("one"), server("two")
    watched = Watched(one, two, quiet=True)
    async with watched.running():
        await watched.all_ready()
        dead, kept = pid_of(one), pid_of(two)
        os.kill(dead, signal.SIGKILL)
        await until(lambda: pid_of(one) != dead and one.ready, "it was started again")
        assert pid_of(two) == kept
    assert watched.told == ["one đã dừng: serving (khởi động lại sau 1 giây, nhật ký: var/log/one.log)"]
    assert watched.readied == 1


async def test_what_answers_no_more_is_started_again(house: Path) -> None:
    one = server("one")
    watched = Watched(one, quiet=True)
    async with watched.running():
        await watched.all_ready()
        sick = pid_of(one)
        Path("one.sick").touch()
        await until(lambda: any("không trả lời" in line for line in watched.told), "it was found out")
        Path("one.sick").unlink()
        await until(lambda: pid_of(one) != sick and one.ready, "it was started again")
        assert not psutil.pid_exists(sick)


async def test_what_stands_still_is_started_again_and_what_computes_is_given_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CHECK_PATIENCE", 0.2)
    one = server("one")
    watched = Watched(one, quiet=True)
    ticks = iter(range(10**9))
    async with watched.running():
        await watched.all_ready()
        stopped = pid_of(one)
        with monkeypatch.context() as computing:
            computing.setattr(module, "_computed", lambda _: next(ticks))  # as one that goes on computing
            os.kill(stopped, signal.SIGSTOP)
            # Far more checks than an idle one is given.
            await asyncio.sleep(1.5)
            assert pid_of(one) == stopped
            assert not watched.told
        await until(lambda: pid_of(one) != stopped and one.ready, "it was started again")


def test_the_time_a_process_has_computed_is_read() -> None:
    before = module._computed(os.getpid())
    while module._computed(os.getpid()) <= before:
        sum(range(100_000))
    assert module._computed(2**22 + 1) == 0


async def test_what_ran_for_long_is_started_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEADY_SECONDS", 0.0)
    one = server("one")
    watched = Watched(one, quiet=True)
    async with watched.running():
        for _ in range(3):
            await watched.all_ready()
            dead = pid_of(one)
            os.kill(dead, signal.SIGKILL)
            await until(lambda dead=dead: pid_of(one) != dead and one.ready, "it was started again")  # type: ignore[misc]
    assert [re.search(r"sau (\d+) giây", line).group(1) for line in watched.told] == ["1"] * 3  # type: ignore[union-attr]


async def test_what_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "START_SECONDS", 0.2)
    Path("one.sick").touch()
    watched = Watched(server("one"), quiet=True)
    async with watched.running():
        await until(lambda: bool(watched.told), "it was found out")
    assert watched.told[0] == "one không trả lời, khởi động lại."
    assert watched.readied == 0


async def test_what_cannot_start_is_told_with_its_last_words_and_tried_at_longer_pauses() -> None:
    broken = Service("broken", [sys.executable, "-c", "import sys; sys.exit('no such model')"], "http://127.0.0.1:9/")
    watched = Watched(broken, quiet=True)
    async with watched.running():
        await until(lambda: len(watched.told) == 2, "it has died twice")
    assert [line.split(", nhật")[0] for line in watched.told] == [
        "broken đã dừng: no such model (khởi động lại sau 1 giây",
        "broken đã dừng: no such model (khởi động lại sau 2 giây",
    ]


async def test_what_does_not_listen_to_the_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.3)
    deaf = server("deaf", "deaf")
    watched = Watched(deaf)
    async with watched.running():
        await watched.all_ready()
        pid = pid_of(deaf)
    assert not psutil.pid_exists(pid)


RUN = """
import asyncio, sys
from motcua.supervisor import Service, Supervisor
found = [Service(f"s{at}", [sys.executable, "-c", sys.argv[1], port, "none"], f"http://127.0.0.1:{port}/")
         for at, port in enumerate(sys.argv[2:])]
asyncio.run(Supervisor(found, lambda text: print(text, flush=True)).run(lambda: print("ready", flush=True)))
print("ended", flush=True)
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_whatever_ends_the_supervisor_ends_all(house: Path, number: signal.Signals, code: int) -> None:
    ports = [str(port) for port in free_ports(2)]
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, SERVE, *ports], cwd=house, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        children = psutil.Process(process.pid).children()
        assert len(children) == 2
        process.send_signal(number)
        assert process.wait(PATIENCE) == code
        _, alive = psutil.wait_procs(children, timeout=PATIENCE)
        assert not alive
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_taken_port_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("MOTCUA_RASA_PORT", str(port))
        monkeypatch.setenv("MOTCUA_ACTIONS_PORT", str(free_ports(1)[0]))
        check_ports(("actions",))
        with pytest.raises(PortTaken) as told:
            check_ports(("actions", "rasa"))
    assert str(port) in str(told.value)
    assert "MOTCUA_RASA_PORT" in str(told.value)
    assert "\n" not in str(told.value)
    check_ports(("rasa",))


def test_a_missing_model_is_told_with_what_to_do() -> None:
    with pytest.raises(ModelMissing, match="make setup"):
        find_model()


def test_the_newest_model_is_served(house: Path) -> None:
    (house / "models").mkdir()
    for name, at in (("motcua-new.tar.gz", 2_000), ("motcua-old.tar.gz", 1_000), ("other.tar.gz", 3_000)):
        (house / "models" / name).touch()
        os.utime(house / "models" / name, (at, at))
    assert find_model() == Path("models/motcua-new.tar.gz")


def test_the_processes_and_their_addresses_follow_the_settings(monkeypatch: pytest.MonkeyPatch, house: Path) -> None:
    shutil.copy(ROOT / "endpoints.yml", house)
    for name, port in (("WEB", 18_000), ("RASA", 15_005), ("ACTIONS", 15_055), ("CHANNELS", 15_010)):
        monkeypatch.setenv(f"MOTCUA_{name}_PORT", str(port))
    found = {service.name: service for service in services(Path("models/m.tar.gz"))}
    assert [service.health.split("/")[2] for service in found.values()] == [
        "127.0.0.1:15055", "127.0.0.1:15005", "127.0.0.1:15010", "127.0.0.1:18000",
    ]  # fmt: skip
    assert "models/m.tar.gz" in found["rasa"].command
    endpoints = yaml.safe_load(Path(found["rasa"].command[-1]).read_text(encoding="utf-8"))
    assert endpoints["action_endpoint"]["url"] == "http://127.0.0.1:15055/webhook"
    assert endpoints["tracker_store"]["type"] == "bot.tracker_store.ConversationStore"
    assert found["rasa"].nice > found["channels"].nice == 0
    assert not {"web", "channels"} & {service.name for service in services(Path("m"), web=False)}


def test_a_process_can_be_waited_for() -> None:
    # The helper that other tests wait with gives up, or no test of a restart could fail.
    with pytest.raises(AssertionError, match="never"):
        wait_until(lambda: False, 0.1, "never")
