"""Rasa's web server with real channels in it, on loopback, and something simple in place of the model."""

from __future__ import annotations

import contextlib
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage, register
from sanic import Sanic

Turn = Callable[[UserMessage], Awaitable[Any]]


class Agent:
    """What channels see of Rasa's agent."""

    action_endpoint = None

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self.ready = True

    def is_ready(self) -> bool:
        return self.ready

    async def handle_message(self, message: UserMessage) -> Any:
        return await self._turn(message)


@contextlib.asynccontextmanager
async def rasa_server(channels: list[InputChannel], turn: Turn, port: int = 0) -> AsyncIterator[str]:
    """Serve channels in this loop, registered by Rasa's own code; yields the address.

    Args:
        channels: as from credentials.
        turn: in place of the model.
        port: 0 for any that is free.
    """
    # Sanic rewrites its own methods at each start; only in this mode can it do so twice in a process.
    Sanic.test_mode = True
    app = Sanic(f"rasa_{uuid.uuid4().hex}", configure_logging=False)
    app.ctx.agent = Agent(turn)
    register(channels, app, route="/webhooks/")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    server = await app.create_server(sock=listener, return_asyncio_server=True, access_log=False)
    assert server is not None
    try:
        await server.startup()
        await server.before_start()
        await server.after_start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        await server.before_stop()
    finally:
        await server.close()
        listener.close()
        Sanic._app_registry.pop(app.name, None)
