"""What the Rasa server and the channels may write to their logs: that something happened, never what somebody said.

Rasa tells everything it does through structlog, at debug level with the texts
of messages, and structlog prints all of it unless it is told otherwise.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog


def keep_quiet() -> None:
    """Only warnings and worse, and of those of Rasa only the name of the event."""
    structlog.configure(
        # Below the level, a call costs next to nothing: Rasa makes dozens in a turn.
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        processors=[_name_only],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    hide_addresses()


def hide_addresses() -> None:
    """Of those who call platforms only warnings, whatever the root says: addresses hold tokens, debug lines texts."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _name_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """An event's name: Rasa's are like 'processor.message.missing'. A sentence may quote somebody."""
    name = str(event.get("event", ""))
    return name if " " not in name else "(rasa)"
