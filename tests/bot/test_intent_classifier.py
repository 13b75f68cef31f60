from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.e5_featurizer import E5Featurizer
from bot.nlu.intent_classifier import LinearIntentClassifier, centred, edge_words
from bot.nlu.tokenizer import UndertheseaTokenizer
from tests.bot.conftest import EXAMPLES, Make, few_examples, messages
from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.embedding import SentenceEncoder

Ranking = list[dict[str, Any]]


@pytest.fixture(scope="module")
def featurised(encoder: SentenceEncoder) -> TrainingData:
    tokenizer = UndertheseaTokenizer(UndertheseaTokenizer.get_default_config())
    data: TrainingData = tokenizer.process_training_data(few_examples())
    featurizer = E5Featurizer("E5Featurizer", E5Featurizer.get_default_config(), encoder)
    return featurizer.process_training_data(data)


def _rank(make: Make, classifier: LinearIntentClassifier, text: str) -> Ranking:
    tokenizer = UndertheseaTokenizer(UndertheseaTokenizer.get_default_config())
    ready = make(E5Featurizer).process(tokenizer.process(messages(text)))
    (message,) = classifier.process(ready)
    told = message.as_dict(only_output_properties=True)
    assert told["intent"] == told["intent_ranking"][0]
    ranking: Ranking = told["intent_ranking"]
    return ranking


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("đăng ký kết hôn bao nhiêu tiền", "ask_fee"),
        ("le phi bao nhieu vay", "ask_fee"),
        ("cần giấy tờ gì vậy em", "ask_documents"),
        ("chào anh", "greet"),
        ("tạm biệt nha", "goodbye"),
    ],
)
def test_new_sentences_find_their_intent(make: Make, featurised: TrainingData, text: str, intent: str) -> None:
    classifier = make(LinearIntentClassifier)
    classifier.train(featurised)
    assert _rank(make, classifier, text)[0]["name"] == intent


def test_the_ranking_falls_and_adds_up_to_one(make: Make, featurised: TrainingData) -> None:
    classifier = make(LinearIntentClassifier)
    classifier.train(featurised)
    ranking = _rank(make, classifier, "chào em, lệ phí bao nhiêu")
    chances = [entry["confidence"] for entry in ranking]
    assert {entry["name"] for entry in ranking} == set(EXAMPLES)
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1)


def test_the_ranking_is_as_long_as_asked(make: Make, featurised: TrainingData) -> None:
    classifier = make(LinearIntentClassifier, ranking_length=2)
    classifier.train(featurised)
    assert len(_rank(make, classifier, "xin chào")) == 2


def test_a_loaded_classifier_predicts_alike(make: Make, featurised: TrainingData) -> None:
    trained = make(LinearIntentClassifier)
    trained.train(featurised)
    loaded = make(LinearIntentClassifier, load=True)
    for text in ("lệ phí bao nhiêu", "giấy tờ gì", "một câu lạ hoắc về thời tiết", "?!", "chào"):
        before, after = _rank(make, trained, text), _rank(make, loaded, text)
        assert [entry["name"] for entry in after] == [entry["name"] for entry in before]
        # The weights are stored in single precision.
        assert [entry["confidence"] for entry in after] == pytest.approx([e["confidence"] for e in before], abs=1e-5)


def test_training_twice_gives_the_same_model(make: Make, featurised: TrainingData, tmp_path: Path) -> None:
    rankings = []
    for _ in range(2):
        classifier = make(LinearIntentClassifier)
        classifier.train(featurised)
        rankings.append(_rank(make, classifier, "làm xe hết bao nhiêu"))
    assert rankings[0] == rankings[1]


def test_a_stored_model_holds_no_code(make: Make, featurised: TrainingData, tmp_path: Path) -> None:
    make(LinearIntentClassifier).train(featurised)
    (text,) = tmp_path.rglob("intents.json")
    (arrays,) = tmp_path.rglob("intents.npz")
    assert sorted(json.loads(text.read_text(encoding="utf-8"))["intents"]) == sorted(EXAMPLES)
    with np.load(arrays, allow_pickle=False) as loaded:
        assert all(np.isfinite(loaded[name]).all() for name in loaded.files)


def test_without_training_or_text_nothing_is_said(make: Make) -> None:
    classifier = make(LinearIntentClassifier)
    for message in (Message({TEXT: "xin chào"}), Message({TEXT: ""})):
        assert classifier.process([message])[0].get("intent") is None


def test_a_vector_without_a_direction_stays_zero() -> None:
    assert centred(np.ones((1, 3)), np.ones(3), 1.5).toarray().tolist() == [[0, 0, 0]]
    assert np.linalg.norm(centred(np.asarray([[3.0, 4.0]]), np.zeros(2), 1.5).toarray()) == pytest.approx(1.5)


def test_words_at_the_edges_are_marked() -> None:
    assert edge_words("Lệ phí bao nhiêu").split() == [
        "le", "phi", "bao", "nhieu", "^le", "^phi", "phi$", "bao$", "nhieu$", "len2",
    ]  # fmt: skip


@given(ANY_TEXT)
@PROPERTY
def test_any_text_has_edge_words(text: str) -> None:
    assert edge_words(text).split()[-1].startswith("len")
