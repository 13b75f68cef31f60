"""Cross-validated figures of the intent classifier on the project's own examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from bot.nlu.intent_classifier import LinearIntentClassifier, centred, features_of, learn, views_of
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


def cross_validate(data: Path, corpus: Sequence[Path], folds: int, tell: Callable[[str], None]) -> Scores:
    """Learn on all folds but one and predict that one, in turn.

    Args:
        data: folder of NLU examples.
        corpus: folders that the spelling is learnt from, as in training.
        folds: how many parts.
        tell: is told how far it got.
    """
    pairs = [(str(m.get("text")), str(m.get("intent"))) for m in load_data(str(data)).intent_examples]
    understander = Understander(train_restorer([text for text, _ in pairs], corpus))
    texts = [understander.understand(text).text for text, _ in pairs]
    right = np.array([intent for _, intent in pairs])
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
    options = LinearIntentClassifier.get_default_config()
    guessed = right.copy()
    splitter = StratifiedKFold(folds, shuffle=True, random_state=SEED)
    for number, (rest, held_out) in enumerate(splitter.split(vectors, right), 1):
        model = learn([views[at] for at in rest], vectors[rest], right[rest], options)
        dense = centred(vectors[held_out], model.mean, options["vector_weight"])
        chances = model.chances(features_of(model.vectorizers, [views[at] for at in held_out], dense))
        guessed[held_out] = np.array(model.intents)[chances.argmax(axis=1)]
        tell(f"  phần {number}/{folds}")
    names = sorted(set(right))
    scores = f1_score(right, guessed, average=None, labels=names)
    return Scores(len(pairs), dict(zip(names, map(float, scores), strict=True)))
