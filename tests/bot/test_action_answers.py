from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.action_answers import keep_validator

ANSWERS: list[tuple[dict[str, Any], bool]] = [
    ({"events": [], "responses": [{"text": "Dạ"}]}, True),
    ({"events": [{"event": "slot", "name": "turns", "value": 3, "timestamp": None}], "responses": []}, True),
    ({}, True),
    ({"events": [{"event": "no_such_event"}], "responses": []}, False),
    ({"events": [], "responses": ["Dạ"]}, False),
    ({"events": "none"}, False),
    ([], False),  # type: ignore[list-item]
]


@pytest.fixture(params=["ours", "rasa's"])
def action(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    """An action with Rasa's own check or with ours: both must judge alike."""
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    if request.param == "ours":
        keep_validator()
    return RemoteAction("action_answer", None)


@pytest.mark.parametrize(("answer", "right"), ANSWERS)
def test_answers_are_judged_as_rasa_judges_them(action: RemoteAction, answer: dict[str, Any], right: bool) -> None:
    for _ in range(2):  # the kept validator keeps nothing of an answer
        if right:
            assert action._validate_action_result(answer) is True
        else:
            with pytest.raises(ValidationError):
                action._validate_action_result(answer)
