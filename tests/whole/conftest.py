"""The real product, started once: ``motcua run`` in a house of its own, on ports of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException

from motcua.training import current_model, fingerprint, latest_model
from tests.conftest import ROOT

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "var", "models", "tests", "results")
"""What the house doesn't take from the checkout: the tests' conversations, logs and secrets stay in it."""
START_SECONDS = 400
"""Longest wait for the stack, far above the 30 seconds promised: after an import, names whose vectors aren't shipped
are embedded first, and other work may share the two cores."""


def wait_until(done: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something to become true.

    A part of a page that isn't there, or was replaced while ``done`` looked at it, means: not yet.

    Raises:
        AssertionError: it didn't within ``seconds``.
    """
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(NoSuchElementException, StaleElementReferenceException):
            if done():
                return
        assert time.monotonic() < until, f"not within {seconds:.0f} seconds: {what}"
        time.sleep(0.05)


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@dataclass
class Stack:
    """The running product."""

    url: str
    rasa_url: str
    channels_url: str
    house: Path
    process: subprocess.Popen[str]
    told: list[str] = field(default_factory=list)
    """What ``motcua run`` printed, line by line."""

    def child(self, module: str) -> psutil.Process:
        """The process that serves ``python -m MODULE``."""
        for child in psutil.Process(self.process.pid).children():
            if child.cmdline()[1:3] == ["-m", module]:
                return child
        raise AssertionError(f"no process of {module}")

    def up(self) -> bool:
        """All parts have answered once."""
        return any("Sẵn sàng sau" in line for line in list(self.told))

    def ready(self) -> bool:
        """The page is up and its way to Rasa is open."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=3).status_code == 200
        except httpx.HTTPError:
            return False

    def logs(self) -> str:
        """Everything that the processes have written, the supervisor's lines included."""
        files = sorted((self.house / "var" / "log").glob("*.log"))
        return "\n".join([*self.told, *(file.read_text(encoding="utf-8", errors="replace") for file in files)])


@dataclass
class Said:
    """One answer of the page's own endpoint."""

    status: int
    html: str
    turn: dict[str, Any]


class Person:
    """Somebody with a browser of his own: a cookie of his own, so a conversation of his own."""

    def __init__(self, stack: Stack) -> None:
        self.client = httpx.Client(base_url=stack.url, timeout=40)

    def __call__(self, text: str) -> Said:
        """Send a text."""
        return self._send({"text": text})

    def press(self, payload: str) -> Said:
        """Press a button."""
        return self._send({"button": payload})

    def _send(self, message: dict[str, str]) -> Said:
        answer = self.client.post("/api/message", json=message)
        body = answer.json()
        return Said(answer.status_code, body.get("html", ""), body.get("turn") or {})


def build_house(folder: Path, database: Path) -> Path:
    """A copy of the checkout as it is now, with a model and a database."""
    # 'make test' has trained first; by hand an older model serves, sooner than training anew would.
    model = current_model() or latest_model()
    assert model is not None, "no model: run 'make train' first, as 'make test' does"
    model = model.resolve()
    house = Path(shutil.copytree(ROOT, folder / "house", ignore=LEFT_OUT))
    here = Path.cwd()
    os.chdir(house)
    try:
        name = f"motcua-{fingerprint()}.tar.gz"
    finally:
        os.chdir(here)
    (house / "models").mkdir()
    (house / "models" / name).symlink_to(model)
    (house / "var").mkdir()
    shutil.copy(database, house / "var" / "motcua.db")
    return house


def house_environment(**settings: str) -> dict[str, str]:
    """This process's environment without settings of ours, but for those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    kept.pop("LOG_LEVEL", None)  # what the processes log by default is what is checked
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **settings}


@contextlib.contextmanager
def running_stack(house: Path, **settings: str) -> Iterator[Stack]:
    """``motcua run`` in a house, ready, stopped by Ctrl-C at the end."""
    web, rasa, actions, channels = free_ports(4)
    ports = {"MOTCUA_WEB_PORT": str(web), "MOTCUA_RASA_PORT": str(rasa), "MOTCUA_ACTIONS_PORT": str(actions)}
    ports["MOTCUA_CHANNELS_PORT"] = str(channels)
    process = subprocess.Popen(
        [sys.executable, "-m", "motcua.cli", "run"],
        cwd=house,
        env=house_environment(**ports, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    here = "http://127.0.0.1"
    running = Stack(f"{here}:{web}", f"{here}:{rasa}", f"{here}:{channels}", house, process)
    assert process.stdout is not None
    output = process.stdout

    def read() -> None:
        running.told.extend(line.rstrip("\n") for line in output)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        with contextlib.suppress(AssertionError):
            wait_until(lambda: process.poll() is not None or running.up(), START_SECONDS, "the stack is up")
        assert running.up(), running.logs()[-3000:]
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        reader.join(10)
        output.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, content_database: Path) -> Iterator[Stack]:
    """``motcua run`` with our own content."""
    with running_stack(build_house(tmp_path_factory.mktemp("whole"), content_database)) as running:
        yield running


@pytest.fixture
def person(stack: Stack) -> Iterator[Person]:
    """Somebody who hasn't written before."""
    somebody = Person(stack)
    yield somebody
    somebody.client.close()


@pytest.fixture
def other(stack: Stack) -> Iterator[Person]:
    """Somebody else."""
    somebody = Person(stack)
    yield somebody
    somebody.client.close()
