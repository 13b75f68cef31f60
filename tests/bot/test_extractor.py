from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.extractor import DomainExtractor, extract
from tests.bot.conftest import messages
from tests.vietnamese.strategies import ANY_TEXT, PROPERTY


def _entity(text: str) -> dict[str, Any]:
    (entity,) = extract(text)
    return entity


@pytest.mark.parametrize(
    ("text", "kind", "value", "shown"),
    [
        ("hồ sơ h29.12-250610-0034 đến đâu rồi", "dossier_code", "H29.12-250610-0034", "h29.12-250610-0034"),
        ("thủ tục 1.001193.H10 là gì", "procedure_code", "1.001193", "1.001193.H10"),
        ("cái thứ hai", "ordinal", "2", "cái thứ hai"),
        ("cái cuối cùng", "ordinal", "-1", "cái cuối cùng"),
        ("nộp ở Hà Giang được không", "place", "Tỉnh Tuyên Quang", "Hà Giang"),
    ],
)
def test_entities_are_told_with_their_place(text: str, kind: str, value: str, shown: str) -> None:
    entity = _entity(text)
    assert (entity["entity"], entity["value"], text[entity["start"] : entity["end"]]) == (kind, value, shown)


def test_a_place_tells_its_kind_and_province() -> None:
    ward = _entity("phường Bến Nghé")
    assert (ward["role"], ward["group"]) == ("ward", "Thành phố Hồ Chí Minh")
    assert _entity("xã Hòa Bình")["group"] == ""


def test_a_message_keeps_what_was_found_before_and_names_the_finder() -> None:
    message = Message({TEXT: "số 2", ENTITIES: [{"entity": "case", "value": "1"}]})
    DomainExtractor().process([message])
    told = message.as_dict(only_output_properties=True)[ENTITIES]
    assert [entity["entity"] for entity in told] == ["case", "ordinal"]
    assert told[1]["extractor"] == "DomainExtractor"


def test_a_message_without_text_passes() -> None:
    (message,) = DomainExtractor().process([Message({})])
    assert message.get(ENTITIES) is None


def test_a_message_without_entities_gets_an_empty_list() -> None:
    (message,) = DomainExtractor().process(messages("xin chào"))
    assert message.get(ENTITIES) == []


@given(ANY_TEXT)
@PROPERTY
def test_any_text_gives_entities_inside_it(text: str) -> None:
    for entity in extract(text):
        assert 0 <= entity["start"] < entity["end"] <= len(text)
        assert entity["value"]
