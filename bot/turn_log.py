"""Rasa's event broker of the laptop and the server: turns go from the process straight into the turn log.

A cluster uses Rasa's own broker for RabbitMQ instead, and 'motcua analytics consume' writes the same rows.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from typing import Any, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from analytics.turns import Assembler
from analytics.writer import Writer


class TurnLog(EventBroker):
    """Hands every turn to a writer that works in a thread of its own.

    Args:
        writer: where turns go; by default into the database of the settings.
    """

    def __init__(self, writer: Optional[Writer] = None) -> None:
        self._writer = writer or Writer()
        self._assembler = Assembler()

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: Optional[EndpointConfig], event_loop: Optional[AbstractEventLoop] = None
    ) -> TurnLog:
        """Make it; endpoints.yml has nothing more to say than its name."""
        return cls()

    def publish(self, event: dict[str, Any]) -> None:
        """Take an event as Rasa has kept it; never waits and never fails."""
        turn = self._assembler.feed(event)
        if turn is not None:
            self._writer.put(turn)

    async def close(self) -> None:
        """Write what is waiting."""
        await asyncio.to_thread(self._writer.close)
