"""The sentence featurizer: one multilingual-e5 vector a message."""

from __future__ import annotations

import base64
from typing import Any, Dict, List, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from vietnamese import shipped
from vietnamese.embedding import SentenceEncoder, Vectors, default_encoder

OUTPUT = "sentence_vector"
"""Property of the parse result: the vector in 8 bits, base64, for the search in the action server."""


def pack(vector: Vectors) -> str:
    """Pack a unit vector into signed bytes (the largest value is 127), base64."""
    peak = float(np.max(np.abs(vector))) or 1.0
    return base64.b64encode(np.rint(vector * (127 / peak)).astype(np.int8).tobytes()).decode("ascii")


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class E5Featurizer(DenseFeaturizer, GraphComponent):
    """Sentence features from the encoder that the search uses too, so a message is embedded once."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """``scale``: the unit vector is multiplied by it, to weigh it against sparse counts."""
        return {**DenseFeaturizer.get_default_config(), "scale": 8.0}

    def __init__(self, name: str, config: Dict[str, Any], encoder: SentenceEncoder) -> None:
        super().__init__(name, config)
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> E5Featurizer:
        """Make the featurizer around the process's encoder."""
        return cls(execution_context.node_name, config, default_encoder())

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Check the options.

        Raises:
            ValueError: the scale is not positive.
        """
        if config.get("scale", 1.0) <= 0:
            raise ValueError("E5Featurizer: scale must be positive")

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embed the examples; those whose vectors travel with them cost nothing."""
        hashes, vectors = shipped.read(shipped.EXAMPLE_VECTORS, self._encoder.name)
        rows = {key: place for place, key in enumerate(hashes)}
        for message in training_data.training_examples:
            place = rows.get(shipped.text_hash(message.get(TEXT) or ""))
            self._featurise(message, keep=False, vector=None if place is None else vectors[place])
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Embed messages and put the packed vector into the parse result."""
        for message in messages:
            self._featurise(message, keep=True)
        return messages

    def _featurise(self, message: Message, keep: bool, vector: Optional[Vectors] = None) -> None:
        text = message.get(TEXT)
        if not text:
            return
        if vector is None:
            vector = self._encoder.query(text)
        features = (vector * self._config["scale"]).reshape(1, -1)
        message.add_features(Features(features, FEATURE_TYPE_SENTENCE, TEXT, self._config[FEATURIZER_CLASS_ALIAS]))
        if keep:
            message.set(OUTPUT, pack(vector), add_to_output=True)
