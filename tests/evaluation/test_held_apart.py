"""No message of the evaluation set, nor a close variant, is among what the assistant learns from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from knowledge.content import read_content
from knowledge.search.background import read_examples
from tests.conftest import SHARED
from vietnamese.understand import folded_words

EVALUATION = SHARED / "eval"
CLOSE = 93
"""Similarity in per cent from which two messages count as one."""
SHORTEST = 4
"""Words of a message that says more than anybody would: 'lệ phí bao nhiêu' is nobody's own."""


def messages(folder: Path) -> list[str]:
    texts = []
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        texts.append(json.loads(line)["text"])
    for line in (folder / "dialogues.jsonl").read_text(encoding="utf-8").splitlines():
        texts += [turn["user"] for turn in json.loads(line)["turns"]]
    folded = {" ".join(folded_words(text)) for text in texts}
    return sorted(text for text in folded if len(text.split()) > SHORTEST)


@pytest.mark.skipif(not EVALUATION.exists(), reason="../shared/eval isn't here")
def test_what_is_learnt_from_holds_no_message_of_the_evaluation_set() -> None:
    content = read_content()
    learnt = {text for group in read_examples().values() for text in group} | {key.text for key in content.keys}
    for procedure in content.procedures:
        learnt.update((*procedure.popular_names, *procedure.ways_to_ask))
    folded = sorted({" ".join(folded_words(text)) for text in learnt})
    held_apart = messages(EVALUATION)
    scores = process.cdist(held_apart, folded, scorer=fuzz.ratio, score_cutoff=CLOSE, workers=1, dtype=np.uint8)
    close = int((scores.max(axis=1) >= CLOSE).sum())
    assert close == 0, f"{close} messages of the evaluation set are learnt from"
