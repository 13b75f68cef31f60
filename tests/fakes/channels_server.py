"""The channels' own server on loopback, and something simple in place of Rasa."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from bot.channels.inbox.assistant import NoAnswer, Said
from bot.channels.inbox.channel import Incoming
from bot.channels.inbox.door import Door
from bot.channels.server import create_app
from rendering.tree import Tree, read_tree


@dataclass
class Replies:
    """Where a turn puts what it says, under the name that Rasa gives such a thing."""

    trees: list[Tree] = field(default_factory=list)
    erase: bool = False

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.erase |= message.get("wish") == "erase"
        self.trees.append(read_tree(message.get("reply"), message.get("text") or ""))


@dataclass(frozen=True)
class UserMessage:
    """A message as a turn of a test sees it."""

    sender_id: str
    text: str
    message_id: str
    input_channel: str
    output_channel: Replies = field(default_factory=Replies)


Turn = Callable[[UserMessage], Awaitable[Any]]


class FakeAssistant:
    """Runs a test's turn for each message; a turn with an attribute ``up`` says itself whether it is well."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    async def turn(self, incoming: Incoming, text: str) -> Said:
        message = UserMessage(incoming.sender, text, incoming.key, incoming.channel)
        await self._turn(message)
        said = message.output_channel
        if not said.trees:
            raise NoAnswer
        return Said(said.trees, said.erase)

    async def healthy(self) -> bool:
        return bool(getattr(self._turn, "up", True))

    async def close(self) -> None:
        """Nothing is open."""


@contextlib.asynccontextmanager
async def channels_server(doors: Sequence[Door], turn: Turn, opened: bool = True, port: int = 0) -> AsyncIterator[str]:
    """Serve channels in this loop; yields the address.

    Args:
        doors: of the channels.
        turn: in place of Rasa.
        opened: wait until the inbox is open.
        port: 0 for any that is free.
    """
    app = create_app(doors, FakeAssistant(turn), beside=())
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, ws="none", loop="none", access_log=False, timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.005)
        if opened:
            await app.state.runtime.opened()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listener.close()
