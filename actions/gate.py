"""Is a message about procedures at all? The classifier's word and the search's, weighed together.

Neither is enough: 'giá vàng hôm nay' sounds like a fee, 'chứng thực bản dịch' like a
translator's job; the search knows the second and not the first, but finds something
for 'nhập quốc tịch Canada' too. The classifier's word is that of its intents or that
of the model of the scope, which knows more subjects: whichever is surer that
a procedure is asked for, since the search has its say as well.
"""

from __future__ import annotations

import math

from actions.memory import Message

INTENT_WEIGHT, KNOWN_WEIGHT, BIAS = 0.58, 1.07, -0.64
"""Fitted on the NLU examples with out-of-fold intents: see 'Hỏi ngoài phạm vi' in docs/decisions/003."""
INSIDE = 0.5
"""Probability from which a message counts as being about procedures."""
INSIDE_IN_TALK = 0.35
"""The same where a procedure is being talked of: what follows is mostly about it or another."""
INSIDE_WHEN_ASKED = 0.25
"""The same where the classifier itself takes the message for a question about a procedure."""
SURELY_ABOUT = 4.0
"""Log odds from which the model of the scope is sure that a message is about procedures."""
OUTSIDE_INTENT = "out_of_scope"
_TALK = frozenset({"ask_identity", "ask_capabilities", "ask_person", "ask_status"})
_SMALLEST = 1e-4


def asks(intent: str) -> bool:
    """Say whether an intent asks something of a procedure."""
    return intent.startswith("ask_") and intent not in _TALK


def inside(message: Message, known: float) -> float:
    """Probability that a message is about procedures.

    Args:
        message: with its ranking of intents.
        known: the search's probability that any procedure fits.
    """
    asked = sum(chance for intent, chance in message.ranking.items() if asks(intent))
    outside = message.ranking.get(OUTSIDE_INTENT, 0.0)
    known = min(max(known, 1e-3), 1 - 1e-3)
    odds = math.log((asked + _SMALLEST) / (outside + _SMALLEST))
    if message.about_procedures is not None:
        odds = max(odds, message.about_procedures)
    total = INTENT_WEIGHT * odds + KNOWN_WEIGHT * math.log(known / (1 - known)) + BIAS
    return 1 / (1 + math.exp(-total))
