"""Is a message about procedures, or does it want something else of the world?

The NLU examples know the ways of asking, but only some of the subjects: 'bằng lái
quốc tế để đi du lịch' sounds like a holiday to them. The names and ways to ask of the
knowledge base cover every field that it holds, so this model learns from both. It
tells one number, which ``actions.gate`` weighs together with the search's own word;
why it isn't simply an intent is in docs/decisions/003-intent-classifier.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.tokenizer import UndertheseaTokenizer
from vietnamese.corpus import ways_of
from vietnamese.segment import words as segmented
from vietnamese.understand import Understander, folded_words

OUTPUT = "about_procedures"
"""Message property: log odds that it is about procedures, against that it is out of scope."""
FARTHEST = 9.2
"""Log odds beyond which nothing is surer (1 in 10,000)."""
ASKS, OUTSIDE, OTHER = "asks", "outside", "other"
_OUTSIDE_INTENT = "out_of_scope"
_TALK = frozenset({"ask_identity", "ask_capabilities", "ask_person", "ask_status"})
ARRAYS_FILE, WORDS_FILE = "scope.npz", "scope.json"

Numbers = NDArray[np.float64]


def kind_of(intent: str) -> str:
    """What an intent's examples teach: asking for procedures, being outside, or neither."""
    if intent == _OUTSIDE_INTENT:
        return OUTSIDE
    return ASKS if intent.startswith("ask_") and intent not in _TALK else OTHER


def _make_vectorizers(vocabularies: Sequence[Optional[Sequence[str]]] = (None, None)) -> List[TfidfVectorizer]:
    """Vectorizers for folded words in pairs, and for runs of letters."""
    options: List[Dict[str, Any]] = [
        {"ngram_range": (1, 2), "token_pattern": r"\S+"},
        {"analyzer": "char_wb", "ngram_range": (2, 5)},
    ]
    return [
        TfidfVectorizer(sublinear_tf=True, **({"min_df": 2} if known is None else {"vocabulary": known}), **option)
        for option, known in zip(options, vocabularies, strict=True)
    ]


def views_of(text: str, lemmas: Sequence[str]) -> tuple[str, str]:
    """A text as the two vectorizers read it."""
    folded = folded_words(text)
    return " ".join([*folded, *(lemma for lemma in lemmas if "_" in lemma)]), " ".join(folded)


@dataclass(frozen=True)
class ScopeModel:
    """One direction through the features: towards procedures, away from everything else.

    Attributes:
        vectorizers: trained, one for each view.
        weights: shape (columns,).
        bias: added to the projection.
        scale: projections are multiplied by it before they are log odds.
    """

    vectorizers: List[TfidfVectorizer]
    weights: Numbers
    bias: float
    scale: float

    def log_odds(self, views: Sequence[Sequence[str]]) -> Numbers:
        """Log odds that texts are about procedures, shape (texts,), within ``FARTHEST``."""
        features = hstack(
            [v.transform(view) for v, view in zip(self.vectorizers, zip(*views, strict=True), strict=True)]
        )
        margins: Numbers = self.scale * (np.asarray(features @ self.weights) + self.bias)
        return np.clip(margins, -FARTHEST, FARTHEST)

    def save(self, folder: Path) -> None:
        """Write the model: plain arrays and words, nothing that can run."""
        words = [list(vectorizer.get_feature_names_out()) for vectorizer in self.vectorizers]
        told = {"words": words, "bias": self.bias, "scale": self.scale}
        (folder / WORDS_FILE).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        idf = {f"idf{at}": vectorizer.idf_ for at, vectorizer in enumerate(self.vectorizers)}
        np.savez(folder / ARRAYS_FILE, weights=self.weights.astype(np.float32), **idf)

    @classmethod
    def load(cls, folder: Path) -> ScopeModel:
        """Read a model written by ``save``."""
        told = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
        vectorizers = _make_vectorizers(told["words"])
        with np.load(folder / ARRAYS_FILE, allow_pickle=False) as arrays:
            for at, vectorizer in enumerate(vectorizers):
                vectorizer.idf_ = arrays[f"idf{at}"]
            return cls(vectorizers, arrays["weights"].astype(np.float64), told["bias"], told["scale"])


def learn(views: Sequence[Sequence[str]], kinds: Sequence[str], options: Dict[str, Any]) -> ScopeModel:
    """Learn the direction from texts that ask, texts outside and others.

    Args:
        views: what ``views_of`` makes of each text.
        kinds: ``ASKS``, ``OUTSIDE`` or ``OTHER`` for each.
        options: ``C``, ``folds`` and ``random_state``, as in the component's configuration.
    """
    vectorizers = _make_vectorizers()
    features = hstack(
        [v.fit_transform(view) for v, view in zip(vectorizers, zip(*views, strict=True), strict=True)]
    ).tocsr()
    right = np.asarray(kinds)
    weights, bias = _direction(features, right, options)
    return ScopeModel(vectorizers, weights, bias, _fit_scale(features, right, options))


def _direction(features: csr_matrix, right: NDArray[np.str_], options: Dict[str, Any]) -> tuple[Numbers, float]:
    """The difference of two machines, each against all the rest: one for asking, one for being outside."""
    sides = []
    for kind in (ASKS, OUTSIDE):
        machine = LinearSVC(C=options["C"], class_weight="balanced", random_state=options["random_state"], tol=1e-3)
        machine.fit(features, right == kind)
        sides.append((machine.coef_[0], float(machine.intercept_[0])))
    return sides[0][0] - sides[1][0], sides[0][1] - sides[1][1]


def _fit_scale(features: csr_matrix, right: NDArray[np.str_], options: Dict[str, Any]) -> float:
    """The scale at which projections of examples that were held out make the best log odds."""
    folds = StratifiedKFold(options["folds"], shuffle=True, random_state=options["random_state"])
    rest, held_out = next(folds.split(features, right))
    weights, bias = _direction(features[rest], right[rest], options)
    margins, kinds = features[held_out] @ weights + bias, right[held_out]
    told = kinds != OTHER
    signed = np.where(kinds[told] == ASKS, margins[told], -margins[told])
    found = minimize_scalar(
        lambda scale: float(np.logaddexp(0, -scale * signed).mean()), bounds=(0.2, 20.0), method="bounded"
    )
    return float(found.x)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class ScopeClassifier(GraphComponent):
    """Tells how likely a message is about procedures at all."""

    @classmethod
    def required_components(cls) -> List[type]:
        """It reads the tokenizer's lemmas."""
        return [UndertheseaTokenizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """The options.

        ``corpus``: folders of YAML content whose names and ways to ask are learnt too; ``C``: inverse of the
        regularisation; ``folds``: one part in so many is held out to fit the scale.
        """
        return {"corpus": [], "C": 1.0, "folds": 3, "random_state": 42}

    def __init__(
        self, config: Dict[str, Any], storage: ModelStorage, resource: Resource, model: Optional[ScopeModel]
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
    ) -> ScopeClassifier:
        """Make an untrained one."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ScopeClassifier:
        """Load a trained one."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, ScopeModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples and from the ways people ask."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        views = [views_of(message.get(TEXT), _lemmas(message)) for message in examples]
        kinds = [kind_of(str(message.get(INTENT))) for message in examples]
        asked = ways_as_understood([Path(folder) for folder in self._config["corpus"]])
        self._model = learn(
            [*views, *(views_of(text, lemmas_of(text)) for text in asked)],
            [*kinds, *(ASKS for _ in asked)],
            self._config,
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Examples need no such number: their intents are known."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the log odds to each message."""
        for message in messages:
            text = message.get(TEXT)
            if text and self._model is not None:
                (odds,) = self._model.log_odds([views_of(text, _lemmas(message))])
                message.set(OUTPUT, round(float(odds), 3), add_to_output=True)
        return messages


def ways_as_understood(folders: Sequence[Path]) -> List[str]:
    """Names and ways to ask below folders, each once; people who write content write diacritics."""
    understander = Understander()
    texts = (understander.understand(way).text for folder in folders for way in ways_of(folder))
    return list(dict.fromkeys(text for text in texts if text))


def lemmas_of(text: str) -> List[str]:
    """Segmented words of a text, folded and joined as the tokenizer does."""
    return ["_".join(folded_words(word.text)) for word in segmented(text)]


def _lemmas(message: Message) -> List[str]:
    return [token.lemma for token in message.get(TOKENS_NAMES[TEXT], [])]
