from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection, Engine

from knowledge.editing import service, texts
from knowledge.editing.model import Actor
from knowledge.editing.texts import Kind, TextInvalid
from knowledge.errors import EditRefused
from tests.knowledge.editing.conftest import LAN, REVIEWER


@pytest.fixture
def connection(content_engine: Engine) -> Iterator[Connection]:
    with service.writing(content_engine) as connection:
        yield connection


def first(connection: Connection, kind: Kind) -> texts.Text:
    """A text that comes with the software."""
    return texts.list_texts(connection, kind)[0]


def rename(text: str, title: str) -> str:
    """The text with another title."""
    lines = [f"title: {title}" if line.startswith("title:") else line for line in text.splitlines()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_text_that_comes_along_is_sound(connection: Connection, kind: Kind) -> None:
    found = texts.list_texts(connection, kind)
    assert len(found) > 5
    for text in found[::4]:
        assert texts.check_text(connection, kind, text.name, text.text, text.scenarios)[1] == ()
        assert not text.overtaken


@pytest.mark.parametrize("kind", list(Kind))
def test_what_staff_write_counts_until_it_is_taken_back(connection: Connection, kind: Kind) -> None:
    text = first(connection, kind)
    new = rename(text.text, "Tên của cán bộ")

    def title() -> str:
        of = texts.guides_in_force if kind is Kind.GUIDE else texts.events_in_force
        found: str = of(connection)[text.name].title
        return found

    before = title()
    texts.save_text(connection, kind, text.name, new, text.scenarios, base=0, actor=REVIEWER, comment="rõ hơn")
    assert title() == "Tên của cán bộ"
    now = texts.read_text(connection, kind, text.name)
    assert now is not None
    assert (now.revision, now.actor, now.text) == (1, "ha", new)
    with pytest.raises(EditRefused, match="ha đã sửa phần này"):
        texts.save_text(connection, kind, text.name, text.text, text.scenarios, base=0, actor=Actor("x", True, True))
    texts.take_back(connection, kind, text.name, base=1, actor=REVIEWER)
    assert title() == before
    assert [row.revision for row in texts.versions(connection, kind, text.name)] == [2, 1]


def test_a_scenario_that_fails_is_told_with_its_line(connection: Connection) -> None:
    text = first(connection, Kind.GUIDE)
    wrong = text.scenarios + "\n- hỏi: câu chẳng dẫn tới đâu\n  trả lời: []\n  kết quả: 9.999999\n"
    with pytest.raises(TextInvalid) as caught:
        texts.save_text(connection, Kind.GUIDE, text.name, text.text, wrong, base=0, actor=REVIEWER)
    assert f"{text.name}.scenarios.yml:{wrong.count(chr(10)) - 2}" in str(caught.value)
    assert texts.versions(connection, Kind.GUIDE, text.name) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("name: [", "YAML không đọc được"),
        ("a: &x 1\nb: *x\n", "không dùng dấu *"),
        ("title: x\n", "còn thiếu"),
        ("x" * 100_001, "dài quá"),
        ("name: thu\ntitle: Thử\nentry: [a b, c d, e f]\nquestions:\n  q:\n    text: Gì?\n    options:\n"
         "      - {label: A, code: '9.999999'}\n      - {label: B, code: '9.999998'}\n", "chưa có thủ tục 9.999999"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_reason(connection: Connection, wrong: str, told: str) -> None:
    with pytest.raises(TextInvalid, match="Chưa lưu được") as caught:
        texts.save_text(connection, Kind.GUIDE, "thu", wrong, "[]", base=0, actor=REVIEWER)
    assert any(told in str(problem) for problem in caught.value.problems)
    assert texts.read_text(connection, Kind.GUIDE, "thu") is None


def test_an_editor_looks_but_does_not_write(connection: Connection) -> None:
    text = first(connection, Kind.EVENT)
    with pytest.raises(EditRefused, match="Chỉ người duyệt"):
        texts.save_text(connection, Kind.EVENT, text.name, text.text, base=0, actor=LAN)
    with pytest.raises(EditRefused, match="Chỉ người duyệt"):
        texts.take_back(connection, Kind.EVENT, text.name, base=0, actor=LAN)


def test_a_file_that_changes_under_a_staff_version_is_noticed(connection: Connection, tmp_path: Path) -> None:
    text = first(connection, Kind.EVENT)
    path = tmp_path / "life_events" / f"{text.name}.yml"
    path.parent.mkdir()
    path.write_text(text.text, encoding="utf-8")
    new = rename(text.text, "Tên của cán bộ")
    texts.save_text(connection, Kind.EVENT, text.name, new, base=0, actor=REVIEWER, folder=tmp_path)
    for content, overtaken in ((text.text, False), (text.text + "# mới\n", True)):
        path.write_text(content, encoding="utf-8")
        now = texts.read_text(connection, Kind.EVENT, text.name, tmp_path)
        assert now is not None
        assert now.overtaken is overtaken
