from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.e5_featurizer import OUTPUT, E5Featurizer, pack
from tests.bot.conftest import Make, messages
from tests.vietnamese.strategies import PROPERTY
from vietnamese.embedding import SentenceEncoder, Vectors


def _unpack(packed: str) -> Vectors:
    vector = np.frombuffer(base64.b64decode(packed), dtype=np.int8).astype(np.float32)
    return vector / np.linalg.norm(vector)


def test_a_message_gets_the_sentence_vector_scaled(make: Make, encoder: SentenceEncoder) -> None:
    (message,) = make(E5Featurizer, scale=3.0).process(messages("lệ phí bao nhiêu"))
    _, sentence = message.get_dense_features(TEXT)
    assert sentence.features.shape == (1, encoder.dimensions)
    assert np.allclose(sentence.features[0], 3 * encoder.query("lệ phí bao nhiêu"), atol=1e-5)


def test_the_search_gets_nearly_the_same_vector(make: Make, encoder: SentenceEncoder) -> None:
    (message,) = make(E5Featurizer).process(messages("đăng ký khai sinh"))
    packed = message.as_dict(only_output_properties=True)[OUTPUT]
    assert float(_unpack(packed) @ encoder.query("đăng ký khai sinh")) > 0.999


def test_training_examples_carry_features_but_no_packed_vector(make: Make) -> None:
    data = TrainingData([Message({TEXT: "xin chào", "intent": "greet"})])
    (example,) = make(E5Featurizer).process_training_data(data).training_examples
    assert example.features_present(TEXT)
    assert example.get(OUTPUT) is None


def test_a_message_without_text_gets_nothing(make: Make) -> None:
    (message,) = make(E5Featurizer).process([Message({TEXT: ""})])
    assert not message.features_present(TEXT)
    assert message.get(OUTPUT) is None


@given(st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4))
@PROPERTY
def test_packing_keeps_each_number_to_one_part_in_254_of_the_largest(numbers: list[float]) -> None:
    vector = np.asarray(numbers, dtype=np.float32)
    peak = float(np.max(np.abs(vector))) or 1.0
    bytes_ = np.frombuffer(base64.b64decode(pack(vector)), dtype=np.int8)
    assert np.all(np.abs(bytes_ * (peak / 127) - vector) <= peak / 253)


@pytest.mark.parametrize("scale", [0, -1.5])
def test_a_scale_that_is_not_positive_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        E5Featurizer.validate_config({"scale": scale})
    E5Featurizer.validate_config(E5Featurizer.get_default_config())
