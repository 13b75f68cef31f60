"""What the environment says of people's data: who answers for it, and how long it is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass

from settings.channels import number


@dataclass(frozen=True)
class PrivacySettings:
    """Who runs the assistant, and how long what people write is kept."""

    operator: str = ""
    """Name of the agency or company; '' where nobody has said."""
    contact: str = ""
    """How that agency is reached about personal data, in words: an address, a telephone number."""
    text_days: float = 30.0
    """Days for which conversations are kept."""
    event_days: float = 365.0
    """Days for which it is kept, without words, what was asked about and how it ended."""


def privacy_settings() -> PrivacySettings:
    """``MOTCUA_OPERATOR``, ``MOTCUA_OPERATOR_CONTACT``, ``MOTCUA_KEEP_TEXT_DAYS``, ``MOTCUA_KEEP_EVENT_DAYS``.

    Raises:
        ValueError: a variable can't be read; the text, in Vietnamese, names it.
    """
    default = PrivacySettings()
    return PrivacySettings(
        operator=" ".join(os.environ.get("MOTCUA_OPERATOR", "").split()),
        contact=" ".join(os.environ.get("MOTCUA_OPERATOR_CONTACT", "").split()),
        text_days=number("MOTCUA_KEEP_TEXT_DAYS", float, default.text_days, 1),
        event_days=number("MOTCUA_KEEP_EVENT_DAYS", float, default.event_days, 1),
    )
