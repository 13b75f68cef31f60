"""Run an ASGI application as a real server on loopback, in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Optional

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Patient(HttpToolsProtocol):
    """Deals with a request that came in whole even where its sender is gone, as what stands before a platform does."""

    def connection_lost(self, exc: Optional[Exception]) -> None:
        cycle = self.cycle
        super().connection_lost(exc)
        if cycle is not None and not cycle.more_body:
            cycle.disconnected = False


@contextlib.contextmanager
def serving(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve; yields the address ('http://127.0.0.1:PORT').

    Args:
        app: the application.
        port: 0 for any that is free.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        app,
        log_level="warning",
        ws="none",
        http=Patient,
        timeout_keep_alive=60,
        loop="asyncio",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="fake", daemon=True)
    thread.start()
    try:
        _await(lambda: server.started or not thread.is_alive())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def _await(done: object, seconds: float = 10.0) -> None:
    give_up = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        if time.monotonic() > give_up:
            raise TimeoutError("the fake did not start")
        time.sleep(0.005)
