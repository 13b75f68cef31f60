"""The intent classifier: a linear support vector machine over words, characters and the sentence vector, and the
votes of the examples that mean nearly the same.

Chosen by cross-validation against Rasa's own classifiers; the figures are in
docs/decisions/003-intent-classifier.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.e5_featurizer import E5Featurizer
from bot.nlu.tokenizer import UndertheseaTokenizer
from vietnamese.understand import folded_words

ARRAYS_FILE = "intents.npz"
WORDS_FILE = "intents.json"
_HEAD, _TAIL = 2, 3
"""First and last words that count as features of their own: the question stands at the edges."""

_QUESTION_WORDS = frozenset(["gi", "sao", "dau", "nhieu", "may", "khong", "nao", "ai", "lau", "chua", "duoc", "the"])
_VIEW_WEIGHTS = (1.3, 1.0, 1.0, 1.0)
"""How much each view counts; chosen by cross-validation."""
_REACH, _ENDING = 4, 6
"""Words up to a question word, and last words, that are read as the question."""

_NEIGHBOURS, _SHARPNESS = 30, 8.0
"""Examples that vote, and how much faster the nearer ones count; 10 to 50 do nearly alike (decision 003)."""

Numbers = NDArray[np.float64]


def edge_words(text: str) -> str:
    """Folded words, with the first and last ones and the length repeated as marks of their own."""
    words = folded_words(text)
    head = [f"^{word}" for word in words[:_HEAD]]
    tail = [f"{word}$" for word in words[-_TAIL:]]
    return " ".join([*words, *head, *tail, f"len{min(len(words) // 2, 8)}"])


def asked_words(text: str) -> str:
    """The questions in a text: its question words with what stands before and after them, and its end.

    In a long story the question is a few words among many ('... công ty bắt nộp giấy chứng
    minh, giấy đó xin ở đâu'): a view of its own keeps its weight.
    """
    words = folded_words(text)
    out = []
    for at, word in enumerate(words):
        if word in _QUESTION_WORDS:
            out += ["_".join(words[max(at - reach, 0) : at + 1]) for reach in range(_REACH)]
            out += ["_".join(words[at : at + reach]) + "_" for reach in (2, 3)]
    end = words[-_ENDING:]
    out += ["_".join(end[at:]) + "$" for at in range(len(end))]
    return " ".join([*out, *(f"{word}$" for word in end)])


def views_of(text: str, lemmas: Sequence[str]) -> tuple[str, ...]:
    """A text as the vectorizers read it, one view for each."""
    return edge_words(text), " ".join(lemmas), " ".join(folded_words(text)), asked_words(text)


def make_vectorizers(vocabularies: Sequence[Optional[Sequence[str]]] = (None,) * 4) -> List[TfidfVectorizer]:
    """Vectorizers for the views: edge-marked words, segmented words, characters, questions.

    Args:
        vocabularies: what each has learnt, in the order of its columns; None for one still to be trained.
    """
    options: List[Dict[str, Any]] = [
        {"ngram_range": (1, 3), "token_pattern": r"\S+"},
        {"ngram_range": (1, 2), "token_pattern": r"\S+"},
        {"analyzer": "char_wb", "ngram_range": (2, 5)},
        {"token_pattern": r"\S+"},
    ]
    return [
        TfidfVectorizer(sublinear_tf=True, **({"min_df": 2} if words is None else {"vocabulary": words}), **option)
        for option, words in zip(options, vocabularies, strict=True)
    ]


@dataclass(frozen=True)
class Voters:
    """Examples whose sentence vectors lie nearest to a message's vote for their intents.

    Attributes:
        vectors: centred, unit length; shape (examples, dimensions).
        owners: for each the place of its intent.
        intents: how many there are.
        weight: of all votes together against the margins.
    """

    vectors: NDArray[np.float32]
    owners: NDArray[np.int64]
    intents: int
    weight: float

    def votes(self, features: csr_matrix) -> Numbers:
        """Votes for the intents, shape (rows, intents).

        Args:
            features: whose last columns are the sentence vectors, whatever their length.
        """
        votes = np.zeros((features.shape[0], self.intents))
        if not self.weight:
            return votes
        asked = features[:, -self.vectors.shape[1] :].toarray().astype(np.float32)
        norms = np.linalg.norm(asked, axis=1, keepdims=True)
        near = (asked / np.where(norms == 0, 1, norms)) @ self.vectors.T
        count = min(_NEIGHBOURS, near.shape[1])
        for row, likeness in enumerate(near):
            nearest = np.argpartition(-likeness, count - 1)[:count]
            shares = softmax(_SHARPNESS * likeness[nearest].astype(np.float64))
            np.add.at(votes[row], self.owners[nearest], self.weight * shares)
        return votes


@dataclass(frozen=True)
class IntentModel:
    """What was learnt, as plain arrays: nothing in the file can run code, and it loads in a moment.

    Attributes:
        vectorizers: trained, one for each view.
        mean: of the sentence vectors.
        weights: shape (columns, intents).
        bias: shape (intents,).
        voters: examples that vote.
        scale: margins are multiplied by it before they become probabilities.
        intents: names in the order of the weights' columns.
    """

    vectorizers: List[TfidfVectorizer]
    mean: Numbers
    weights: Numbers
    bias: Numbers
    voters: Voters
    scale: float
    intents: List[str]

    def chances(self, features: csr_matrix) -> Numbers:
        """Probabilities of the intents, shape (rows, intents)."""
        margins = np.asarray(features @ self.weights) + self.bias + self.voters.votes(features)
        chances: Numbers = softmax(self.scale * margins, axis=1)
        return chances

    def save(self, folder: Path) -> None:
        """Write the model."""
        words = [list(vectorizer.get_feature_names_out()) for vectorizer in self.vectorizers]
        text = json.dumps({"words": words, "scale": self.scale, "intents": self.intents}, ensure_ascii=False)
        (folder / WORDS_FILE).write_text(text, encoding="utf-8")
        idf = {f"idf{at}": vectorizer.idf_ for at, vectorizer in enumerate(self.vectorizers)}
        np.savez(
            folder / ARRAYS_FILE,
            mean=self.mean,
            weights=self.weights.astype(np.float32),
            bias=self.bias,
            voters=self.voters.vectors.astype(np.float16),
            owners=self.voters.owners,
            vote_weight=self.voters.weight,
            **idf,
        )

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read a model written by ``save``."""
        told = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
        vectorizers = make_vectorizers(told["words"])
        with np.load(folder / ARRAYS_FILE, allow_pickle=False) as arrays:
            for at, vectorizer in enumerate(vectorizers):
                vectorizer.idf_ = arrays[f"idf{at}"]
            weights = arrays["weights"].astype(np.float64)
            voters = Voters(
                arrays["voters"].astype(np.float32),
                arrays["owners"],
                len(told["intents"]),
                float(arrays["vote_weight"]),
            )
            return cls(vectorizers, arrays["mean"], weights, arrays["bias"], voters, told["scale"], told["intents"])


def centred(vectors: Numbers, mean: Numbers, weight: float) -> csr_matrix:
    """Sentence vectors without the direction they all share, of length ``weight``."""
    moved = vectors - mean
    norms = np.linalg.norm(moved, axis=1, keepdims=True)
    return csr_matrix(moved / np.where(norms == 0, 1, norms) * weight)


def features_of(
    vectorizers: Sequence[TfidfVectorizer], views: Sequence[Sequence[str]], dense: csr_matrix
) -> csr_matrix:
    """Features of texts: their views in numbers, each with its weight, beside the sentence vectors."""
    columns = [
        vectorizer.transform(view) * weight
        for vectorizer, view, weight in zip(vectorizers, zip(*views, strict=True), _VIEW_WEIGHTS, strict=True)
    ]
    return hstack([*columns, dense]).tocsr()


def learn(
    views: Sequence[Sequence[str]], vectors: Numbers, intents: Sequence[str], options: Dict[str, Any]
) -> IntentModel:
    """Learn a model of understood texts.

    Args:
        views: what ``views_of`` makes of each text.
        vectors: sentence vectors, shape (texts, dimensions).
        intents: the right intent of each text.
        options: ``C``, ``vector_weight``, ``folds`` and ``random_state``, as in the component's configuration; without
            folds the probabilities aren't fitted, which takes most of the time, and only their order counts.
    """
    mean = vectors.mean(axis=0)
    vectorizers = make_vectorizers()
    columns = [
        vectorizer.fit_transform(view) for vectorizer, view in zip(vectorizers, zip(*views, strict=False), strict=True)
    ]
    dense = centred(vectors, mean, options["vector_weight"])
    features = hstack([*columns, dense]).tocsr()
    right = np.asarray(intents)
    learner = _machine(options).fit(features, right)
    names = [str(name) for name in learner.classes_]
    voters = _voters(features, vectors.shape[1], np.searchsorted(learner.classes_, right), options["vote_weight"])
    scale = _fit_scale(features, right, voters, options) if options["folds"] else 1.0
    return IntentModel(vectorizers, mean, learner.coef_.T, learner.intercept_, voters, scale, names)


def _voters(features: csr_matrix, dimensions: int, owners: NDArray[np.int64], weight: float) -> Voters:
    vectors = features[:, -dimensions:].toarray()
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return Voters((vectors / np.where(norms == 0, 1, norms)).astype(np.float32), owners, int(owners.max()) + 1, weight)


def _machine(options: Dict[str, Any]) -> LinearSVC:
    return LinearSVC(C=options["C"], class_weight="balanced", random_state=options["random_state"], tol=1e-3)


def _fit_scale(features: csr_matrix, right: NDArray[np.str_], voters: Voters, options: Dict[str, Any]) -> float:
    """The scale at which margins and votes of examples that were held out make the best probabilities.

    One part is held out: for one number a few thousand examples do, and each more costs another training.
    """
    folds = StratifiedKFold(options["folds"], shuffle=True, random_state=options["random_state"])
    rest, held_out = next(folds.split(features, right))
    learner = _machine(options).fit(features[rest], right[rest])
    others = replace(voters, vectors=voters.vectors[rest], owners=voters.owners[rest])
    margins = learner.decision_function(features[held_out]) + others.votes(features[held_out])
    rows, columns = np.arange(len(held_out)), voters.owners[held_out]

    def loss(scale: float) -> float:
        return -float(log_softmax(scale * margins, axis=1)[rows, columns].mean())

    return float(minimize_scalar(loss, bounds=(0.5, 20.0), method="bounded").x)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """One-against-the-rest linear support vector machine (liblinear), trained in seconds, with its voters."""

    @classmethod
    def required_components(cls) -> List[type]:
        """It reads the tokenizer's lemmas and the sentence vector."""
        return [UndertheseaTokenizer, E5Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """The options.

        ``C``: inverse of the regularisation; ``vector_weight``: weight of the centred sentence vector;
        ``vote_weight``: of the nearest examples' votes; ``folds``: one part in so many is held out to fit the
        probabilities; ``ranking_length``: intents that are told.
        """
        return {
            "C": 1.0,
            "vector_weight": 1.0,
            "vote_weight": 0.4,
            "folds": 3,
            "ranking_length": 12,
            "random_state": 42,
        }

    def __init__(
        self, config: Dict[str, Any], storage: ModelStorage, resource: Resource, model: Optional[IntentModel]
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Make an untrained classifier."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Load a trained classifier."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents of the examples."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        views = [views_of(message.get(TEXT), _lemmas(message)) for message in examples]
        vectors = np.vstack([_vector(message) for message in examples])
        self._model = learn(views, vectors, [message.get(INTENT) for message in examples], self._config)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Rank the intents of each message; probabilities add up to 1."""
        for message in messages:
            text = message.get(TEXT)
            if not text or self._model is None:
                continue
            dense = centred(_vector(message).reshape(1, -1), self._model.mean, self._config["vector_weight"])
            features = features_of(self._model.vectorizers, [views_of(text, _lemmas(message))], dense)
            chances = self._model.chances(features)[0]
            order = np.argsort(-chances)[: self._config["ranking_length"]]
            ranking = [{"name": self._model.intents[at], "confidence": float(chances[at])} for at in order]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _lemmas(message: Message) -> List[str]:
    return [token.lemma for token in message.get(TOKENS_NAMES[TEXT], [])]


def _vector(message: Message) -> Numbers:
    _, sentence = message.get_dense_features(TEXT)
    return np.asarray(sentence.features, dtype=np.float64).reshape(-1)
