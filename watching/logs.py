"""Logs of every process: text or JSON, and whatever slips in of people or secrets is taken out once more.

No line of ours quotes what people write or who they are. This is the net below:
libraries have their own ideas, and tomorrow's line may be careless.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re

from privacy import mask
from settings.watching import json_logs

_SECRETS = (
    # A person as the channels know them.
    (re.compile(r"\b(?:tg|zalo|zalobot):[\w:-]{3,}|\bweb-[\w-]{16,}"), "[người dùng]"),
    # Telegram's token, also within an address; what stands after 'Bearer', 'token=', a password in an address.
    (re.compile(r"\b(?:bot)?\d{6,12}:[\w-]{30,}"), "[khóa]"),
    (re.compile(r"(?i)\b(bearer\s+|(?:\w+_)?(?:token|secret)[\"']?\s*[=:]\s*[\"']?)[^\s\"',&]+"), r"\1[khóa]"),
    (re.compile(r"(://[^\s/:@]+:)[^\s/@]+@"), r"\1[khóa]@"),
)  # fmt: skip


def redacted(text: str) -> str:
    """A line without people and secrets."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return mask(text).text


class _Plain(logging.Formatter):
    """One line of text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, redacted."""
        return redacted(super().format(record))


class _Json(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and the trace where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, redacted."""
        told = {
            "at": dt.datetime.fromtimestamp(record.created, dt.timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if record.exc_info:
            told["trace"] = redacted(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def set_up_logs(level: int) -> None:
    """Log to standard error as the settings say, from this level on.

    Raises:
        ValueError: ``MOTCUA_LOG_FORMAT`` can't be read.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if json_logs() else _Plain("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
