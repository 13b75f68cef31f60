from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.scope import (
    ASKS,
    FARTHEST,
    OTHER,
    OUTPUT,
    OUTSIDE,
    ScopeClassifier,
    kind_of,
    learn,
    lemmas_of,
    views_of,
    ways_as_understood,
)
from bot.nlu.tokenizer import UndertheseaTokenizer
from tests.bot.conftest import Make, messages
from tests.vietnamese.strategies import ANY_TEXT, PROPERTY

EXAMPLES = {
    "ask_fee": ("làm hộ chiếu bao nhiêu tiền", "phí đăng ký xe là bao nhiêu", "lệ phí bao nhiêu", "tốn bao nhiêu vậy"),
    "ask_documents": ("hồ sơ cần giấy tờ gì", "làm hộ chiếu cần giấy tờ gì", "cần mang giấy tờ gì", "mang theo gì"),
    "out_of_scope": (
        "du lịch châu Âu tốn bao nhiêu",
        "tour Nhật Bản mấy ngày",
        "mai trời mưa không",
        "giá vàng lên chưa",
    ),
    "greet": ("xin chào", "chào bạn", "chào em", "xin chào ạ"),
}
WAYS = """
- code: "1"
  popular_names: [bằng lái quốc tế]
  ways_to_ask:
    - đi du lịch châu Âu tự lái xe, cần bằng lái quốc tế
    - xin giấy phép lái xe quốc tế để chạy xe bên Nhật Bản
    - bằng lái quốc tế cho chuyến du lịch
"""


def _examples() -> TrainingData:
    return TrainingData([Message({TEXT: text, INTENT: intent}) for intent, texts in EXAMPLES.items() for text in texts])


def _tokenized(*texts: str) -> list[Message]:
    tokens: list[Message] = UndertheseaTokenizer(UndertheseaTokenizer.get_default_config()).process(messages(*texts))
    return tokens


def _trained(make: Make, **config: Any) -> ScopeClassifier:
    tokenizer = UndertheseaTokenizer(UndertheseaTokenizer.get_default_config())
    classifier: ScopeClassifier = make(ScopeClassifier, folds=2, **config)
    classifier.train(tokenizer.process_training_data(_examples()))
    return classifier


def _odds(classifier: ScopeClassifier, text: str) -> float:
    (message,) = classifier.process(_tokenized(text))
    told = message.as_dict(only_output_properties=True)
    json.dumps(told)
    return float(told[OUTPUT])


@pytest.fixture
def ways(tmp_path: Path) -> Path:
    (tmp_path / "ways.yml").write_text(WAYS, encoding="utf-8")
    return tmp_path


def test_questions_about_procedures_stand_apart_from_the_rest_of_the_world(make: Make) -> None:
    classifier = _trained(make)
    assert _odds(classifier, "làm hộ chiếu cần mang giấy tờ gì") > 0 > _odds(classifier, "mai trời mưa không bạn")


def test_a_subject_that_no_example_has_is_learnt_from_the_ways_people_ask(make: Make, ways: Path) -> None:
    question = "bằng lái quốc tế đi du lịch châu Âu"
    assert _odds(_trained(make, corpus=[str(ways)]), question) > max(0.0, _odds(_trained(make), question))


def test_a_stored_model_tells_the_same(make: Make, ways: Path) -> None:
    classifier = _trained(make, corpus=[str(ways)])
    stored = make(ScopeClassifier, load=True)
    for text in ("làm hộ chiếu", "mai mưa không", "bằng lái quốc tế"):
        assert np.isclose(_odds(classifier, text), _odds(stored, text), atol=2e-3)


@given(typed=ANY_TEXT)
@PROPERTY
def test_any_text_has_bounded_odds(trained: ScopeClassifier, typed: str) -> None:
    (message,) = trained.process(_tokenized(typed))
    odds = message.get(OUTPUT)
    assert odds is None or abs(odds) <= FARTHEST


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> ScopeClassifier:
    texts = [(text, kind_of(intent)) for intent, examples in EXAMPLES.items() for text in examples]
    options = {**ScopeClassifier.get_default_config(), "folds": 2}
    model = learn([views_of(text, lemmas_of(text)) for text, _ in texts], [kind for _, kind in texts], options)
    return ScopeClassifier(options, None, None, model)  # it neither reads nor writes a store


def test_an_untrained_one_tells_nothing(make: Make) -> None:
    (message,) = make(ScopeClassifier).process(_tokenized("làm hộ chiếu"))
    assert message.get(OUTPUT) is None


@pytest.mark.parametrize(
    ("intent", "kind"),
    [("ask_fee", ASKS), ("ask_procedure", ASKS), ("out_of_scope", OUTSIDE), ("ask_person", OTHER), ("greet", OTHER)],
)
def test_what_intents_teach(intent: str, kind: str) -> None:
    assert kind_of(intent) == kind


def test_only_names_and_ways_are_read_each_once(ways: Path) -> None:
    (ways / "more.yml").write_text("summary: không đọc\nways_to_ask: [Bằng lái quốc tế cho chuyến du lịch, cccd]\n")
    told = ways_as_understood([ways])
    assert "bằng lái quốc tế" in told
    assert "căn cước công dân" in told
    assert "không đọc" not in told
    assert len(told) == len(set(told))
