"""Before and after a training: what the staff's examples teach is seen on messages that were held out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.comparison import compare

THINGS = (
    "khai sinh", "kết hôn", "tạm trú", "hộ chiếu", "căn cước", "sổ đỏ", "chứng thực", "xây nhà", "khai tử", "bằng lái",
)  # fmt: skip
FEE = [f"{thing} hết bao nhiêu tiền" for thing in THINGS]
PLACE = [f"{thing} nộp ở đâu vậy" for thing in THINGS]
NEW = [(f"{thing} tốn mấy xu rứa", "ask_fee") for thing in THINGS[:6]]


# pykwalify, with which Rasa checks examples, loads a file in a way that goes.
@pytest.mark.filterwarnings("ignore:the load_module:DeprecationWarning")
def test_new_examples_are_understood_afterwards_and_the_old_still_are(tmp_path: Path) -> None:
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in (("ask_fee", FEE), ("ask_place", PLACE))
    ]
    text = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True)
    (tmp_path / "examples.yml").write_text(text, encoding="utf-8")
    steps: list[int] = []
    shipped, fresh = compare(tmp_path, [], [], NEW, lambda done, _of: steps.append(done))
    assert steps == [1, 2, 3, 4, 5]
    assert len(shipped.texts) == 4  # a fifth of twenty
    assert shipped.scores() == ((1.0, 1.0), (1.0, 1.0))
    assert sorted(fresh.texts) == sorted(text for text, _ in NEW)
    assert list(fresh.after) == ["ask_fee"] * len(NEW)
    known, _ = compare(tmp_path, [], NEW, NEW, lambda *_: None)
    assert list(known.before) == list(known.after)
