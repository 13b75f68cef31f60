"""The normaliser: every later component reads the understood text."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.channels.payloads import to_rasa
from privacy import without_tokens
from vietnamese.corpus import train_restorer
from vietnamese.restore import Restorer
from vietnamese.understand import Understander

TYPED = "typed"
"""Message property that keeps what was typed."""
STARTED = "started"
"""Message property: when understanding it began, for the figures."""
MODEL_FILE = "restorer.json.gz"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class VietnameseNormaliser(GraphComponent):
    """Replaces a message's text by the understood one and learns the diacritics model."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """``corpus``: folders of YAML texts, beside the NLU examples, to learn diacritics from."""
        return {"corpus": []}

    def __init__(self, config: Dict[str, Any], storage: ModelStorage, resource: Resource, restorer: Restorer) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._understander = Understander(restorer)

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> VietnameseNormaliser:
        """Make an untrained normaliser: it restores no diacritics."""
        return cls(config, model_storage, resource, Restorer())

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> VietnameseNormaliser:
        """Load the trained diacritics model."""
        with model_storage.read_from(resource) as folder:
            restorer = Restorer.load((folder / MODEL_FILE).read_bytes())
        return cls(config, model_storage, resource, restorer)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn spellings from the examples and the corpus."""
        examples = [message.get(TEXT) for message in training_data.intent_examples if message.get(TEXT)]
        restorer = train_restorer(examples, (Path(folder) for folder in self._config["corpus"]))
        with self._storage.write_to(self._resource) as target:
            (target / MODEL_FILE).write_bytes(restorer.dump())
        self._understander = Understander(restorer)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Understand the examples as messages will be understood."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Understand messages; what was typed stays in ``TYPED``."""
        for message in messages:
            if len(messages) == 1:  # not the examples of a training
                message.set(STARTED, time.perf_counter())
            text: Optional[str] = message.get(TEXT)
            if text is None:
                continue
            # Rasa's own channels ('rasa shell') hand a button's payload on as it is.
            text = to_rasa(text) or text
            message.set(TEXT, text)
            if text.startswith(INTENT_MESSAGE_PREFIX):
                # A button's payload, which Rasa reads at the end: 'ask_how_to_file' is no Vietnamese.
                continue
            # The words of a mask are nobody's question; without any others the message still is a turn.
            understood = self._understander.understand(without_tokens(text) or (text and "…"))
            message.set(TYPED, text)
            message.set(TEXT, understood.text)
            message.set("understood", understood.text, add_to_output=True)
        return messages
