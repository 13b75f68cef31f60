"""Two models on messages that neither has learnt: before and after a training with the staff's examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.core.agent import Agent
from rasa.utils.endpoints import EndpointConfig
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from bot.channels.explain import explain
from bot.channels.masking import masked_text
from bot.channels.payloads import harmless
from bot.nlu.cross_validation import SEED, Examples, prepare, read_pairs
from bot.nlu.intent_classifier import LinearIntentClassifier

PARTS = 5
"""One part of so many of the examples that come with the software is held out."""
Pair = tuple[str, str]
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Guesses:
    """What two models made of messages that were held out from both.

    Attributes:
        texts: the messages.
        right: their intents.
        before: the earlier model's.
        after: the new one's.
    """

    texts: Sequence[str]
    right: Sequence[str]
    before: Sequence[str]
    after: Sequence[str]

    def scores(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Macro-F1 and accuracy, each before and after."""
        both = (self.before, self.after)
        f1 = [float(f1_score(self.right, guess, average="macro")) for guess in both]
        accuracy = [float(np.mean(np.array(self.right) == np.array(guess))) for guess in both]
        return (f1[0], f1[1]), (accuracy[0], accuracy[1])


def compare(
    data: Path, corpus: Sequence[Path], earlier: Sequence[Pair], later: Sequence[Pair], tell: Tell
) -> tuple[Guesses, Guesses]:
    """Learn with and without the staff's examples, and ask both for messages that were held out.

    Of the software's examples a fifth is held out. The staff's new ones are held out in two halves, one after the
    other, so that each is asked of a model that doesn't know it.

    Args:
        data: folder of the software's NLU examples.
        corpus: folders that the spelling is learnt from.
        earlier: the staff's examples that the earlier model has learnt.
        later: those that the new one learns.
        tell: is told which step of how many is done.

    Returns:
        Guesses for the software's examples, and for the staff's new ones.
    """
    fresh = [pair for pair in later if pair not in set(earlier)]
    gone = [pair for pair in earlier if pair not in set(later)]
    shared = [pair for pair in later if pair in set(earlier)]
    shipped = read_pairs(data)
    pairs = [*shipped, *shared, *gone, *fresh]
    examples = prepare(pairs, corpus)
    tell(1, 5)
    options = {**LinearIntentClassifier.get_default_config(), "folds": 0}
    rest, held_out = next(
        StratifiedKFold(PARTS, shuffle=True, random_state=SEED).split(shipped, [intent for _, intent in shipped])
    )
    common, first_gone, first_fresh = len(shipped), len(shipped) + len(shared), len(pairs) - len(fresh)
    kept, lost = np.arange(common, first_gone), np.arange(first_gone, first_fresh)
    new = np.random.default_rng(SEED).permutation(np.arange(first_fresh, len(pairs)))
    halves = [new[::2], new[1::2]]
    before = examples.learn(np.concatenate([rest, kept, lost]), options)
    tell(2, 5)
    told = [_told(examples, before, rows, options) for rows in (held_out, new)]
    after = examples.learn(np.concatenate([rest, kept, halves[0]]), options)
    tell(3, 5)
    other = examples.learn(np.concatenate([rest, kept, halves[1]]), options) if len(halves[1]) else before
    tell(4, 5)
    asked = {int(row): guess for half, model in ((halves[1], after), (halves[0], other)) if len(half)
             for row, guess in zip(half, examples.predict(model, half, options), strict=True)}  # fmt: skip
    tell(5, 5)
    shown = [[pairs[at][0] for at in rows] for rows in (held_out, new)]
    right = [[pairs[at][1] for at in rows] for rows in (held_out, new)]
    return (
        Guesses(shown[0], right[0], told[0], _told(examples, after, held_out, options)),
        Guesses(shown[1], right[1], told[1], [str(asked[int(row)]) for row in new]),
    )


def _told(examples: Examples, model: Any, rows: NDArray[np.int64], options: dict[str, Any]) -> list[str]:
    return [str(guess) for guess in examples.predict(model, rows, options)] if len(rows) else []


async def decide(model: Path, texts: Sequence[str], actions_url: str, tell: Callable[[], None]) -> list[dict[str, Any]]:
    """What the assistant decides of messages with a model, each as the first of a conversation; none is begun.

    Args:
        model: the model's file.
        texts: the messages.
        actions_url: the action server, which must be running.
        tell: is called after each message.

    Returns:
        The record of each turn; an empty one where the actions couldn't tell.

    Raises:
        aiohttp.ClientError: the action server can't be reached.
    """
    agent = Agent.load(str(model), action_endpoint=EndpointConfig(url=actions_url))
    records = []
    for text in texts:
        told = await explain(agent, harmless(masked_text(text)[0]) or "…")
        records.append(dict((told["decision"] or {}).get("turn") or {}))
        tell()
    return records
