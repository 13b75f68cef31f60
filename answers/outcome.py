"""What a turn ended with: the one vocabulary of code, logs, figures and tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Optional


class Outcome(str, Enum):
    """How a turn ended."""

    ANSWERED = "answered"
    ASKED_BACK = "asked_back"
    NOT_FOUND = "not_found"
    OUT_OF_SCOPE = "out_of_scope"
    SMALLTALK = "smalltalk"
    HANDED_OVER = "handed_over"
    FAILED = "failed"


class Aspect(str, Enum):
    """What people want to know of a procedure."""

    WHICH = "which_procedure"
    DOCUMENTS = "documents"
    FEE = "fee"
    TIME = "processing_time"
    PLACE = "place"
    HOW_TO_FILE = "how_to_file"
    ELIGIBILITY = "eligibility"
    FORM = "form"
    RESULT = "result"
    LEGAL_BASIS = "legal_basis"
    PORTAL_LINK = "portal_link"
    STATUS = "status"


@dataclass
class TurnRecord:
    """The machine-readable end of a turn; no text of the user's is in it."""

    outcome: Outcome
    aspect: Optional[Aspect] = None
    answer: Optional[str] = None
    codes: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    confidence: Optional[float] = None
    intent: Optional[str] = None

    def as_json(self) -> dict[str, Any]:
        """Plain values for a channel's metadata."""
        return {
            "outcome": self.outcome.value,
            "aspect": self.aspect.value if self.aspect else None,
            "answer": self.answer,
            "codes": self.codes,
            "options": self.options,
            "confidence": self.confidence,
            "intent": self.intent,
        }
