"""The intent classifier: logistic regression over words, characters and the sentence vector.

Chosen by cross-validation against Rasa's own classifiers; the figures are in
docs/decisions/003-intent-classifier.md.
"""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np
import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.e5_featurizer import E5Featurizer
from bot.nlu.tokenizer import UndertheseaTokenizer
from vietnamese.understand import folded_words

MODEL_FILE = "intents.skops"
# The one type beyond scikit-learn's own that a TF-IDF vectorizer holds (its diagonal of weights).
_TRUSTED = ["scipy.sparse._csr.csr_matrix", "scipy.sparse._dia.dia_matrix"]
_HEAD, _TAIL = 2, 3
"""First and last words that count as features of their own: the question stands at the edges."""


def edge_words(text: str) -> str:
    """Folded words, with the first and last ones and the length repeated as marks of their own."""
    words = folded_words(text)
    head = [f"^{word}" for word in words[:_HEAD]]
    tail = [f"{word}$" for word in words[-_TAIL:]]
    return " ".join([*words, *head, *tail, f"len{min(len(words) // 2, 8)}"])


def _views(text: str, lemmas: List[str]) -> tuple[str, str, str]:
    return edge_words(text), " ".join(lemmas), " ".join(folded_words(text))


def make_vectorizers() -> List[TfidfVectorizer]:
    """Untrained vectorizers for the three views: edge-marked words, segmented words, characters."""
    shared: Dict[str, Any] = {"sublinear_tf": True, "min_df": 2}
    return [
        TfidfVectorizer(ngram_range=(1, 3), token_pattern=r"\S+", **shared),
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", **shared),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **shared),
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """One-against-the-rest logistic regression (liblinear), trained in seconds."""

    @classmethod
    def required_components(cls) -> List[type]:
        """It reads the tokenizer's lemmas and the sentence vector."""
        return [UndertheseaTokenizer, E5Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """``C``: inverse of the regularisation; ``vector_weight``: weight of the centred sentence vector."""
        return {"C": 10.0, "vector_weight": 1.5, "ranking_length": 12, "random_state": 42}

    def __init__(
        self, config: Dict[str, Any], storage: ModelStorage, resource: Resource, parts: Dict[str, Any]
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._parts = parts

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Make an untrained classifier."""
        return cls(config, model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Load a trained classifier; only plain scikit-learn types are accepted from the file."""
        with model_storage.read_from(resource) as folder:
            path = folder / MODEL_FILE
            parts = skops.io.load(path, trusted=_TRUSTED)
        return cls(config, model_storage, resource, parts)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents of the examples."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        views = list(zip(*(_views(message.get(TEXT), _lemmas(message)) for message in examples), strict=True))
        vectors = np.vstack([_vector(message) for message in examples])
        mean = vectors.mean(axis=0)
        vectorizers = make_vectorizers()
        columns = [vectorizer.fit_transform(view) for vectorizer, view in zip(vectorizers, views, strict=True)]
        model = LogisticRegression(
            solver="liblinear", C=self._config["C"], class_weight="balanced", random_state=self._config["random_state"]
        )
        model.fit(hstack([*columns, self._dense(vectors, mean)]).tocsr(), [message.get(INTENT) for message in examples])
        self._parts = {"vectorizers": vectorizers, "mean": mean, "model": model}
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self._parts, folder / MODEL_FILE)
        return self._resource

    def _dense(self, vectors: np.ndarray, mean: np.ndarray) -> csr_matrix:
        # e5's vectors share one direction; without it they tell sentences apart.
        centred = vectors - mean
        norms = np.linalg.norm(centred, axis=1, keepdims=True)
        return csr_matrix(centred / np.where(norms == 0, 1, norms) * self._config["vector_weight"])

    def process(self, messages: List[Message]) -> List[Message]:
        """Rank the intents of each message; probabilities add up to 1."""
        for message in messages:
            text = message.get(TEXT)
            if not text or not self._parts:
                continue
            views = _views(text, _lemmas(message))
            columns = [vec.transform([view]) for vec, view in zip(self._parts["vectorizers"], views, strict=True)]
            dense = self._dense(_vector(message).reshape(1, -1), self._parts["mean"])
            chances = self._parts["model"].predict_proba(hstack([*columns, dense]).tocsr())[0]
            order = np.argsort(-chances)[: self._config["ranking_length"]]
            ranking = [
                {"name": str(self._parts["model"].classes_[at]), "confidence": float(chances[at])} for at in order
            ]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _lemmas(message: Message) -> List[str]:
    return [token.lemma for token in message.get(TOKENS_NAMES[TEXT], [])]


def _vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    return np.asarray(sentence.features, dtype=np.float64).reshape(-1)
