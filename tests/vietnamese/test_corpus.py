from __future__ import annotations

from pathlib import Path

from vietnamese.corpus import EXAMPLE_WEIGHT, texts_of, train_restorer


def test_every_string_below_a_folder_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text("- cuối\n", encoding="utf-8")
    (tmp_path / "a.yml").write_text("ten: đầu\nso: 3\nmuc:\n- {chu: giữa}\n", encoding="utf-8")
    (tmp_path / "khac.txt").write_text("bỏ qua", encoding="utf-8")
    assert list(texts_of(tmp_path)) == ["đầu", "giữa", "cuối"]


def test_examples_count_more_than_content(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("- lệ phí\n", encoding="utf-8")
    model = train_restorer(["Toà giải"], [tmp_path])
    counted = {word: model.unigrams[word] for word in ("tòa", "giải", "lệ", "phí")}
    assert counted == {"tòa": EXAMPLE_WEIGHT, "giải": EXAMPLE_WEIGHT, "lệ": 1, "phí": 1}


def test_people_of_every_province_are_read_as_such() -> None:
    model = train_restorer([], [])
    assert model.restore("dan ca mau ra ha noi") == "dân cà mau ra hà nội"
