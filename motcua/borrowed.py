"""Use the assistant that runs, or start one for as long as it is needed."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from evaluation.run import Assistant
from knowledge.errors import MotCuaError
from motcua.setup import ready_database, ready_vectors
from motcua.supervisor import Supervisor, Tell, check_ports, find_model, services
from settings import rasa_url
from settings.secrets import channel_secret


class StartFailed(MotCuaError):
    """The assistant couldn't be started."""


@contextlib.contextmanager
def assistant(tell: Tell) -> Iterator[Assistant]:
    """A ready assistant; one that was started here is stopped at the end.

    Raises:
        StartFailed: it doesn't come up; the logs tell why.
        MotCuaError: what ``motcua run`` would say.
    """
    with contextlib.closing(Assistant(rasa_url(), channel_secret())) as running:
        if running.ready():
            yield running
        else:
            with _started(tell):
                yield running


@contextlib.contextmanager
def _started(tell: Tell) -> Iterator[None]:
    """Rasa and the action server, for as long as the context lasts."""
    model = find_model()
    ready_vectors(ready_database(tell), tell)
    check_ports(("rasa", "actions"))
    tell("Khởi động trợ lý (khoảng nửa phút)…")
    ready = threading.Event()
    ended = threading.Event()
    holder: dict[str, Supervisor] = {}

    async def serve() -> None:
        holder["supervisor"] = Supervisor(services(model, web=False), tell, quiet=True)
        await holder["supervisor"].run(ready.set, signals=False)

    loop = asyncio.new_event_loop()

    def work() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            ended.set()
            loop.close()

    thread = threading.Thread(target=work, name="supervisor", daemon=True)
    thread.start()
    try:
        while not ready.wait(0.2):
            if ended.is_set():
                raise StartFailed("Không khởi động được trợ lý. Hãy xem var/log/rasa.log và var/log/actions.log.")
        yield
    finally:
        if "supervisor" in holder and not loop.is_closed():
            loop.call_soon_threadsafe(holder["supervisor"].stop)
        thread.join(30)
