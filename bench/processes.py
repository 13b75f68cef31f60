"""What is measured, as processes: the whole assistant or parts of it, on ports and files of the bench's own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

FOLDER = Path("var/bench").resolve()
"""Databases, logs and the starter bot of the bench."""
DATABASE = FOLDER / "national.db"
START_SECONDS = 900
"""Longest wait for processes to answer."""
_THREADS = ("OMP_NUM_THREADS", "OMP_WAIT_POLICY")


class BenchFailed(RuntimeError):
    """Something that was to be measured didn't run; the text says what."""


@dataclass
class Running:
    """Processes that answer.

    Attributes:
        pages: addresses of the web pages.
        pids: the processes that were started; their children belong to them.
        ready_s: seconds until all answered.
    """

    pages: tuple[str, ...]
    pids: list[int] = field(default_factory=list)
    ready_s: float = 0.0

    def family(self) -> list[psutil.Process]:
        """The processes with their children."""
        found = [psutil.Process(pid) for pid in self.pids]
        return [*found, *(child for process in found for child in process.children(recursive=True))]

    def memory_mb(self) -> float:
        """Resident memory, each shared page shared out among those who hold it (PSS), in MiB."""
        return sum(process.memory_full_info().pss for process in self.family()) / 2**20

    def work_s(self) -> float:
        """Seconds of processor time so far."""
        times = [process.cpu_times() for process in self.family()]
        return float(sum(one.user + one.system for one in times))


def environment(**settings: str) -> dict[str, str]:
    """This process's environment as a user has it: without settings of ours or threads, but for those given."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_") and name not in _THREADS
    }
    return {**kept, **settings}


def files(name: str) -> dict[str, str]:
    """Settings for the national knowledge and fresh conversations.

    Args:
        name: of the conversations' file, which is deleted first.
    """
    for old in FOLDER.glob(f"{name}-*.db*"):
        old.unlink()
    return {
        "MOTCUA_DATABASE_URL": f"sqlite:///{DATABASE}",
        "MOTCUA_TRACKER_URL": f"sqlite:///{FOLDER}/{name}-conversations.db",
        "MOTCUA_INBOX_URL": f"sqlite:///{FOLDER}/{name}-inbox.db",
    }


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def answers(url: str) -> bool:
    """Say whether an address answers well."""
    try:
        return httpx.get(url, timeout=3).status_code == 200
    except httpx.HTTPError:
        return False


def wait_for(done: Callable[[], bool], running: Sequence[subprocess.Popen[bytes]]) -> float:
    """Wait until something is true; how many seconds it took.

    Raises:
        BenchFailed: a process ended, or it took too long.
    """
    started = time.monotonic()
    while not done():
        if any(process.poll() is not None for process in running):
            raise BenchFailed(f"a process has ended, see {FOLDER}/*.log")
        if time.monotonic() - started > START_SECONDS:
            raise BenchFailed(f"no answer within {START_SECONDS} seconds, see {FOLDER}/*.log")
        time.sleep(0.1)
    return time.monotonic() - started


@contextlib.contextmanager
def processes(
    commands: dict[str, list[str]], settings: dict[str, dict[str, str]], urls: Sequence[str]
) -> Iterator[Running]:
    """Processes by name, ended at the end.

    Args:
        commands: what to run.
        settings: environment of each.
        urls: what has to answer before anything is measured.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name, command in commands.items():
            with (FOLDER / f"{name}.log").open("wb") as log:
                started.append(
                    subprocess.Popen(
                        command, env=environment(**settings[name]), stdout=log, stderr=log, start_new_session=True
                    )
                )
        seconds = wait_for(lambda: all(map(answers, urls)), started)
        yield Running((), [process.pid for process in started], seconds)
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
        for process in started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def laptop(name: str) -> Iterator[Running]:
    """``motcua run`` over the national knowledge."""
    web, rasa, actions, channels = free_ports(4)
    ports = {"MOTCUA_WEB_PORT": str(web), "MOTCUA_RASA_PORT": str(rasa), "MOTCUA_ACTIONS_PORT": str(actions)}
    ports["MOTCUA_CHANNELS_PORT"] = str(channels)
    page = f"http://127.0.0.1:{web}"
    command = {name: [sys.executable, "-m", "motcua.cli", "run"]}
    with processes(command, {name: {**files(name), **ports}}, [f"{page}/readyz"]) as running:
        running.pages = (page,)
        yield running


@contextlib.contextmanager
def several(name: str, rasas: int, redis: str) -> Iterator[Running]:
    """So many Rasa processes, each with a web page before it, over one action server.

    Args:
        name: of the files.
        rasas: how many.
        redis: where they lock conversations; '' for one alone.
    """
    rasa, web, (actions,) = free_ports(rasas), free_ports(rasas), free_ports(1)
    shared = {**files(name), "MOTCUA_ACTIONS_URL": f"http://127.0.0.1:{actions}/webhook"}
    if redis:
        shared["MOTCUA_REDIS_URL"] = redis
    serve = [sys.executable, "-m", "motcua.cli", "serve"]
    commands = {f"{name}-actions": [*serve, "actions"]}
    settings = {f"{name}-actions": {**shared, "MOTCUA_ACTIONS_PORT": str(actions)}}
    for at in range(rasas):
        commands[f"{name}-rasa{at}"], commands[f"{name}-web{at}"] = [*serve, "rasa"], [*serve, "web"]
        settings[f"{name}-rasa{at}"] = {**shared, "MOTCUA_RASA_PORT": str(rasa[at])}
        settings[f"{name}-web{at}"] = {
            **shared,
            "MOTCUA_WEB_PORT": str(web[at]),
            "MOTCUA_RASA_URL": f"http://127.0.0.1:{rasa[at]}",
        }
    pages = tuple(f"http://127.0.0.1:{port}" for port in web)
    with processes(commands, settings, [f"{page}/readyz" for page in pages]) as running:
        running.pages = pages
        yield running
