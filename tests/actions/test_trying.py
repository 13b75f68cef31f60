"""Staff try a way to ask on the index that answers people, against questions whose procedures are known."""

from __future__ import annotations

import json
from pathlib import Path

from actions.knowledge_base import KnowledgeBase
from actions.trying import Trier
from knowledge.search.trial import Effect

BIRTH, DEATH = "1.001193", "1.000656"


def write(path: Path, *questions: tuple[str, str]) -> Path:
    lines = [json.dumps({"text": text, "aspect": "which_procedure", "codes": [code]}) for text, code in questions]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_an_effect_is_told_with_both_checks_and_nothing_is_kept(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    index = knowledge.keeper.index
    file = write(
        tmp_path / "questions.jsonl", ("làm khai sinh cho con", BIRTH), ("người nhà mất thì khai ở đâu", DEATH)
    )
    trier = Trier(knowledge, file)
    told = trier.try_way(BIRTH, "em bé mới chào đời cần làm chi")
    effect = Effect.from_json(json.loads(json.dumps(told["effect"])))
    assert effect.after.place(BIRTH) == 1
    assert effect.ways.asked > 50
    assert effect.questions is not None
    assert effect.questions.asked == 2
    assert knowledge.keeper.index is index
    assert trier.try_way("9.999999", "gì đó") == {"effect": None}


def test_questions_follow_their_file_and_a_broken_one_is_as_if_it_were_not_there(
    knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    trier = Trier(knowledge, file)

    def asked() -> int:
        effect = Effect.from_json(trier.try_way(BIRTH, "em bé mới chào đời")["effect"])
        return effect.questions.asked if effect.questions else 0

    assert asked() == 0
    write(file, ("làm khai sinh cho con", BIRTH))
    assert asked() == 1
    file.write_text("{broken", encoding="utf-8")
    assert asked() == 0
