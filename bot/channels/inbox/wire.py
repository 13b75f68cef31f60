"""Marks that outlive a killed process: which messages had begun to leave for a platform, and which certainly had not.

The table knows that a message was about to be sent. Whether it left is known only to the process that was sending it,
and no platform recognises a repeat. So the process leaves two marks in a file, each a single write that costs
microseconds and that the kernel keeps when the process is killed: one before the table is told, one in the very moment
before the request's body goes out. A message with the first mark and without the second has not left, and may be sent.

After the machine itself went down nothing is concluded: the second mark may be what was lost.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Optional

import httpx

from settings import VAR

logger = logging.getLogger(__name__)

FOLDER = Path("run", "wire")
LARGEST = 1_000_000
"""Bytes of a file, beyond which it is begun anew with what is under way."""
KEEP_SECONDS = 86_400.0
"""How long the marks of a process that is no more are kept."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")

_LEAVING: ContextVar[Optional[Callable[[], None]]] = ContextVar("leaving", default=None)


async def note_leaving(request: httpx.Request) -> None:
    """Event hook for every client that delivers: marks the moment before a request's body goes out."""
    mark = _LEAVING.get()
    if mark is None:
        return

    async def trace(name: str, _info: dict[str, Any]) -> None:
        if name.endswith("send_request_body.started"):
            mark()

    request.extensions = {**request.extensions, "trace": trace}


class Wire:
    """The marks of this process, and those that others of this machine have left.

    A message's name is the same for the same try to send it, up to 40 characters.

    Args:
        owner: the name of this process.
        folder: where the files are; by default that of the checkout.
    """

    def __init__(self, owner: str, folder: Optional[Path] = None) -> None:
        self._folder = folder or VAR / FOLDER
        self._path = self._folder / owner.replace("/", "_")
        self._boot = _boot()
        self._under_way: set[str] = set()
        self._file: Optional[int] = None
        self._size = 0
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._forget_old()
            self._begin()
        except OSError as error:
            self._give_up(error)

    def about_to(self, name: str) -> None:
        """Note that a message is going to be sent; before the table is told."""
        self._under_way.add(name)
        if self._size > LARGEST and self._file is not None:
            try:
                self._begin()
            except OSError as error:
                self._give_up(error)
        self._mark(f"+{name}\n")

    def left(self, name: str) -> None:
        """Note that a message leaves now."""
        self._mark(f"={name}\n")

    @contextlib.contextmanager
    def sending(self, name: str) -> Iterator[None]:
        """Within this, a request of a client with ``note_leaving`` counts as the message leaving."""
        token = _LEAVING.set(lambda: self.left(name))
        try:
            yield
        finally:
            _LEAVING.reset(token)

    def over(self, name: str) -> None:
        """The table knows how it ended."""
        self._under_way.discard(name)

    def unsent(self, name: str) -> bool:
        """Whether a message that a process died over certainly didn't leave. Blocking."""
        announced = False
        try:
            for path in self._folder.iterdir():
                lines = path.read_text(encoding="ascii", errors="replace").splitlines()
                if not lines or not self._boot or lines[0] != self._boot:
                    continue
                if f"={name}" in lines:
                    return False
                announced |= f"+{name}" in lines
        except OSError:
            return False
        return announced

    def close(self) -> None:
        """Nothing is under way any more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _begin(self) -> None:
        """A file with what is under way, in place of the last one at once."""
        fresh = self._path.with_suffix(".new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        # What is under way may have left already.
        lines = [self._boot, *(f"+{name}\n={name}" for name in self._under_way)]
        content = "".join(f"{line}\n" for line in lines).encode()
        os.write(file, content)
        fresh.replace(self._path)
        if self._file is not None:
            os.close(self._file)
        self._file, self._size = file, len(content)

    def _mark(self, line: str) -> None:
        if self._file is None:
            return
        try:
            written = os.write(self._file, line.encode())
            self._size += written
            if written < len(line):
                raise OSError("disk full")
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Without a full set of marks nothing may be concluded from any."""
        logger.error("marks of what is being sent can't be kept: %s", type(error).__name__)
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def _forget_old(self) -> None:
        before = time.time() - KEEP_SECONDS
        for path in self._folder.iterdir():
            if path.stat().st_mtime < before:
                path.unlink()


def _boot() -> str:
    """This start of the machine; '' where it can't be told."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
