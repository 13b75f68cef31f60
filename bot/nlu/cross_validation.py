"""Cross-validated figures of the intent classifier on the project's own examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from bot.nlu.intent_classifier import IntentModel, LinearIntentClassifier, centred, features_of, learn, views_of
from bot.nlu.tokenizer import UndertheseaTokenizer
from vietnamese import shipped
from vietnamese.corpus import train_restorer
from vietnamese.embedding import default_encoder
from vietnamese.understand import Understander

SEED = 42


@dataclass(frozen=True)
class Scores:
    """F1 by intent, out of fold, and how many examples there were."""

    examples: int
    by_intent: dict[str, float]

    @property
    def macro(self) -> float:
        """The mean over the intents."""
        return float(np.mean(list(self.by_intent.values())))


@dataclass(frozen=True)
class Examples:
    """Examples as the classifier reads them.

    Attributes:
        views: of each.
        vectors: shape (examples, dimensions).
        right: the intents.
    """

    views: list[tuple[str, ...]]
    vectors: NDArray[np.float64]
    right: NDArray[np.str_]

    def learn(self, rows: NDArray[np.int64], options: dict[str, Any]) -> IntentModel:
        """Learn from some of them."""
        return learn([self.views[at] for at in rows], self.vectors[rows], list(self.right[rows]), options)

    def predict(self, model: IntentModel, rows: NDArray[np.int64], options: dict[str, Any]) -> NDArray[np.str_]:
        """The likeliest intents of some of them."""
        dense = centred(self.vectors[rows], model.mean, options["vector_weight"])
        chances = model.chances(features_of(model.vectorizers, [self.views[at] for at in rows], dense))
        guessed: NDArray[np.str_] = np.array(model.intents)[chances.argmax(axis=1)]
        return guessed


def read_pairs(data: Path) -> list[tuple[str, str]]:
    """Texts with their intents, of a folder of NLU examples."""
    return [(str(m.get("text")), str(m.get("intent"))) for m in load_data(str(data)).intent_examples]


def prepare(pairs: Sequence[tuple[str, str]], corpus: Sequence[Path]) -> Examples:
    """Understand texts, cut them into words and make their vectors, as a training does.

    Args:
        pairs: texts with their intents.
        corpus: folders that the spelling is learnt from.
    """
    understander = Understander(train_restorer([text for text, _ in pairs], corpus))
    texts = [understander.understand(text).text for text, _ in pairs]
    encoder = default_encoder()
    hashes, known = shipped.read(shipped.EXAMPLE_VECTORS, encoder.name)
    rows = dict(zip(hashes, known, strict=True))
    keys = [shipped.text_hash(text) for text in texts]
    vectors = np.vstack(
        [rows[key] if key in rows else encoder.query(text) for key, text in zip(keys, texts, strict=True)]
    )
    tokenizer = UndertheseaTokenizer(UndertheseaTokenizer.get_default_config())
    views = [
        views_of(text, [token.lemma for token in tokenizer.tokenize(Message({"text": text}), "text")]) for text in texts
    ]
    return Examples(views, vectors, np.array([intent for _, intent in pairs]))


def cross_validate(data: Path, corpus: Sequence[Path], folds: int, tell: Callable[[str], None]) -> Scores:
    """Learn on all folds but one and predict that one, in turn.

    Args:
        data: folder of NLU examples.
        corpus: folders that the spelling is learnt from, as in training.
        folds: how many parts.
        tell: is told how far it got.
    """
    examples = prepare(read_pairs(data), corpus)
    vectors, right = examples.vectors, examples.right
    options = LinearIntentClassifier.get_default_config()
    guessed = right.copy()
    splitter = StratifiedKFold(folds, shuffle=True, random_state=SEED)
    for number, (rest, held_out) in enumerate(splitter.split(vectors, right), 1):
        guessed[held_out] = examples.predict(examples.learn(rest, options), held_out, options)
        tell(f"  phần {number}/{folds}")
    names = sorted(set(right))
    scores = f1_score(right, guessed, average=None, labels=names)
    return Scores(len(right), dict(zip(names, map(float, scores), strict=True)))
