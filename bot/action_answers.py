"""Check the action server's answers with a validator that is made once.

Rasa 3.6 checks the schema itself against its meta-schema on every single
answer: 30 ms of a 100 ms turn (docs/decisions/005-turn-time.md). The check of
the answer stays the same; only the validator is kept.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


@lru_cache(maxsize=1)
def _validator() -> Validator:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
    """Validate an answer; raises jsonschema's ValidationError for a wrong one, as Rasa does."""
    _validator().validate(result)
    return True


def keep_validator() -> None:
    """Let Rasa's remote actions use the kept validator."""
    RemoteAction._validate_action_result = _validate
