"""One supervisor for Rasa, the action server, the channels and the web page: starts, watches, restarts, stops."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Optional

import httpx

from knowledge.errors import ModelMissing, PortTaken
from motcua.endpoints import lock_environment, write_endpoints
from motcua.environment import service_environment
from motcua.training import latest_model
from settings import VAR, bind_address, port_of

Tell = Callable[[str], None]

START_SECONDS = 120
"""Longest time that a process may take until it answers."""
CHECK_SECONDS = 2
CHECK_PATIENCE = 3
"""Seconds that a process may take to answer a check."""
FAILED_CHECKS = 3
"""Checks in a row without an answer, after which a process that does nothing counts as hung: found out within 15
seconds, so that with the seconds of a start it is back within 30."""
BUSY_CHECKS = 15
"""The same for one that computes: on a machine with too much to do it is only slow, and starting it anew would be
more to do still."""
LONGEST_PAUSE = 10
STEADY_SECONDS = 20
"""A process that has answered for so long is started again at once; pauses are for those that die as they start."""
BEHIND = 5
"""Niceness of those that compute turns: a webhook is acknowledged, and a page shown, before the next turn."""
STOP_SECONDS = 10


@dataclass
class Service:
    """A process of ours: how it starts and how it shows that it is ready."""

    name: str
    command: list[str]
    health: str
    nice: int = 0
    process: Optional[asyncio.subprocess.Process] = None
    deaths: list[float] = field(default_factory=list)
    ready: bool = False
    ready_at: float = 0.0

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return VAR / "log" / f"{self.name}.log"

    def last_words(self) -> str:
        """The last line of its log that says something."""
        with contextlib.suppress(OSError):
            lines = [line.strip() for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]]
            words = [line for line in lines if line]
            return words[-1][:300] if words else ""
        return ""


def services(model: Path, web: bool = True) -> list[Service]:
    """The processes of the laptop size, on the ports of the settings.

    Args:
        model: that Rasa serves.
        web: also the web page and the messaging channels.
    """
    rasa_port, actions_port, web_port = port_of("rasa"), port_of("actions"), port_of("web")
    rasa = [sys.executable, "-m", "bot", str(model), str(write_endpoints())]
    found = [
        Service("actions", [sys.executable, "-m", "actions"], f"http://127.0.0.1:{actions_port}/health", BEHIND),
        Service("rasa", rasa, f"http://127.0.0.1:{rasa_port}/webhooks/web/", BEHIND),
    ]
    if web:
        channels = f"http://127.0.0.1:{port_of('channels')}/healthz"
        found += [
            Service("channels", [sys.executable, "-m", "bot.channels"], channels),
            Service("web", [sys.executable, "-m", "web"], f"http://127.0.0.1:{web_port}/healthz"),
        ]
    return found


def check_ports(names: tuple[str, ...]) -> None:
    """See that the ports are free.

    Raises:
        PortTaken: one isn't; the text says which and what to do.
    """
    for name in names:
        port = port_of(name)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((bind_address(), port))
            except OSError as error:
                raise PortTaken(
                    f"Cổng {port} đang có chương trình khác dùng."
                    f" Hãy tắt nó, hoặc chạy với MOTCUA_{name.upper()}_PORT=số khác."
                ) from error


def find_model() -> Path:
    """The model to serve.

    Raises:
        ModelMissing: none has been trained.
    """
    model = latest_model()
    if model is None:
        raise ModelMissing("Chưa có mô hình. Hãy chạy 'make setup' (hoặc 'motcua train') rồi thử lại.")
    return model


def _prepare_child(nice: int) -> None:
    """Ask the kernel to end this child when the supervisor is killed, and to let others go first."""
    if nice:
        os.nice(nice)
    ctypes.CDLL("libc.so.6", use_errno=True).prctl(1, signal.SIGTERM)


class Supervisor:
    """Runs services until it is told to stop.

    Args:
        found: the services.
        tell: says what happens, a line at a time.
        quiet: say nothing but failures.
    """

    def __init__(self, found: list[Service], tell: Tell, quiet: bool = False) -> None:
        self._services = found
        self._tell = tell
        self._quiet = quiet
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask for the end."""
        self._stopping.set()

    async def run(self, on_ready: Optional[Callable[[], None]] = None, signals: bool = True) -> None:
        """Start everything, call ``on_ready`` once all answer, watch until stopped.

        Args:
            on_ready: called once.
            signals: stop on SIGINT and SIGTERM (only in a main thread).
        """
        loop = asyncio.get_running_loop()
        numbers = (signal.SIGINT, signal.SIGTERM) if signals else ()
        for number in numbers:
            loop.add_signal_handler(number, self.stop)
        watchers = [asyncio.create_task(self._keep(service)) for service in self._services]
        started = time.monotonic()
        try:
            while not self._stopping.is_set() and not all(service.ready for service in self._services):
                if any(watcher.done() for watcher in watchers):
                    break
                await self._pause(0.2)
            if all(service.ready for service in self._services) and on_ready:
                on_ready()
                self._say(f"Sẵn sàng sau {time.monotonic() - started:.0f} giây. Bấm Ctrl-C để dừng.")
            stopped = asyncio.create_task(self._stopping.wait())
            await asyncio.wait([stopped, *watchers], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._stopping.set()
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
            await asyncio.gather(*(self._end(service) for service in self._services))
            for number in numbers:
                loop.remove_signal_handler(number)

    def _say(self, text: str) -> None:
        if not self._quiet:
            self._tell(text)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _keep(self, service: Service) -> None:
        """Start a service, and again whenever it dies or hangs, each time after a longer pause."""
        while not self._stopping.is_set():
            await self._start(service)
            await self._watch(service)
            if self._stopping.is_set():
                return
            now = time.monotonic()
            if service.ready and now - service.ready_at > STEADY_SECONDS:
                service.deaths.clear()
            service.ready = False
            service.deaths = [at for at in service.deaths if now - at < 120] + [now]
            pause = min(LONGEST_PAUSE, 2 ** (len(service.deaths) - 1))
            self._tell(
                f"{service.name} đã dừng: {service.last_words()}"
                f" (khởi động lại sau {pause} giây, nhật ký: {service.log})"
            )
            await self._pause(pause)

    async def _start(self, service: Service) -> None:
        service.log.parent.mkdir(parents=True, exist_ok=True)
        with service.log.open("ab") as log:
            service.process = await asyncio.create_subprocess_exec(
                *service.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**service_environment(), **lock_environment()},
                start_new_session=True,  # Ctrl-C is for the supervisor, which then stops the others in order
                preexec_fn=partial(_prepare_child, service.nice),
            )

    async def _watch(self, service: Service) -> None:
        """Return when the process has ended, or was ended because it hung."""
        process = service.process
        assert process is not None
        born, missed, used = time.monotonic(), 0, _computed(process.pid)
        async with httpx.AsyncClient(timeout=CHECK_PATIENCE) as client:
            while process.returncode is None and not self._stopping.is_set():
                pause = CHECK_SECONDS if service.ready else 0.3
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(process.wait(), pause)
                    return
                answers = await _answers(client, service.health)
                if answers:
                    missed = 0
                    if not service.ready:
                        service.ready, service.ready_at = True, time.monotonic()
                    continue
                missed += 1
                before, used = used, _computed(process.pid)
                patience = BUSY_CHECKS if used > before else FAILED_CHECKS
                late = not service.ready and time.monotonic() - born > START_SECONDS
                if late or (service.ready and missed >= patience):
                    self._tell(f"{service.name} không trả lời, khởi động lại.")
                    await self._end(service)
                    return

    async def _end(self, service: Service) -> None:
        process = service.process
        if process is None or process.returncode is not None:
            return
        _signal(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except asyncio.TimeoutError:
            _signal(process.pid, signal.SIGKILL)
            await process.wait()


def _computed(pid: int) -> int:
    """How long a process has computed, in the kernel's ticks; 0 where it is no more."""
    try:
        # The name may hold spaces and brackets; what follows its last bracket are numbers (proc(5)).
        numbers = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return int(numbers[11]) + int(numbers[12])


def _signal(pid: int, number: signal.Signals) -> None:
    """Signal a process and whatever it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGCONT)  # one that was stopped couldn't even end
        os.killpg(pid, number)


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == 200
    except httpx.HTTPError:
        return False
