from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.channels.payloads import ASPECT_INTENTS, harmless, to_rasa
from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.understand import Understander


def _intent(text: str) -> str | None:
    """The intent that Rasa reads from a text itself, which it does after our normaliser."""
    understood = Understander().understand(text.strip()).text
    message = YAMLStoryReader.unpack_regex_message(Message({TEXT: understood}))
    intent = message.get(INTENT)
    return str(intent["name"] if isinstance(intent, dict) else intent) if intent else None


@pytest.mark.parametrize("aspect", ASPECT_INTENTS)
def test_a_procedures_button_becomes_the_aspects_intent(aspect: str) -> None:
    payload = to_rasa(f"thu-tuc:1.001193:{aspect}:2")
    assert payload is not None
    name, entities = payload[1:].split("{", 1)
    assert name == ASPECT_INTENTS[aspect]
    assert json.loads("{" + entities) == {"procedure_code": "1.001193", "aspect": aspect, "case": "2"}


def test_a_button_without_an_aspect_opens_the_procedure() -> None:
    assert to_rasa("thu-tuc:1.001193") == '/ask_procedure{"procedure_code": "1.001193", "aspect": "which_procedure"}'
    code = "1.001193.000.00.00.H10"
    assert to_rasa(f"thu-tuc:{code}") == f'/ask_procedure{{"procedure_code": "{code}", "aspect": "which_procedure"}}'


def test_a_matter_without_a_code_has_a_button_that_every_channel_can_carry() -> None:
    key = "a" * 18 + "-" + "b" * 19
    assert to_rasa("thu-tuc:chuyen-truong:fee") == '/ask_fee{"procedure_code": "chuyen-truong", "aspect": "fee"}'
    assert to_rasa(f"thu-tuc:{key}") is not None
    assert all(len(f"thu-tuc:{key}:{aspect}") <= 64 for aspect in ASPECT_INTENTS)  # Telegram's limit in bytes
    assert to_rasa(f"thu-tuc:{key}b") is None


def test_a_choice_and_a_ready_made_question() -> None:
    assert to_rasa("chon:3") == '/choose_option{"ordinal": "3"}'
    assert to_rasa("hoi:Làm hộ chiếu cần gì?") == "Làm hộ chiếu cần gì?"
    assert to_rasa("hoi:/danger") == "danger"


@pytest.mark.parametrize(
    "payload",
    [
        "", "/danger", "/ask_fee{}", "thu-tuc:", "thu-tuc:abc", "thu-tuc:1.001193:no_such", "thu-tuc:1.001193:fee:999",
        "thu-tuc:1.001193:fee:1:2", 'thu-tuc:1.001193"}/danger', "chon:", "chon:-1", "chon:100", "chon:hai", "chon:1\n",
        "hoi:", "hoi:a\nb", "hoi:" + "a" * 121, " chon:1",
    ],
)  # fmt: skip
def test_other_payloads_are_refused(payload: str) -> None:
    assert to_rasa(payload) is None


def test_rasa_would_read_an_intent_from_text_that_hides_a_slash() -> None:
    assert [_intent(f"{hidden}/danger") for hidden in ("", "\x01", "\u00ad")] == ["danger"] * 3


@pytest.mark.parametrize(
    "hidden", ["", " ", "//", "/ /", "／", "\u200b", "\u2060/", "\x01", "\x00 ", "\u00ad", "\u0344", "\ud800"]
)
def test_no_text_forges_an_intent(hidden: str) -> None:
    assert _intent(harmless(f"{hidden}/danger")) is None
    assert _intent(to_rasa(f"hoi:{hidden}/danger") or "") is None


@given(st.tuples(st.text(st.characters(), max_size=6), ANY_TEXT).map("/danger".join))
@PROPERTY
def test_any_text_is_harmless(text: str) -> None:
    assert _intent(harmless(text)) is None
    assert text.endswith(harmless(text))


@given(ANY_TEXT)
@PROPERTY
def test_any_payload_is_refused_or_translated(payload: str) -> None:
    for said in (payload, f"hoi:{payload}", f"thu-tuc:1.001193:{payload}", f"chon:{payload}"):
        rasa = to_rasa(said)
        assert rasa is None or _intent(rasa) in {None, "choose_option", *ASPECT_INTENTS.values()}


@pytest.mark.parametrize("text", ["lệ phí/thuế?", "24/11", "1/2 đất", "", "xin chào"])
def test_ordinary_text_passes_unchanged(text: str) -> None:
    assert harmless(text) == text
