"""Guides and life events in the browser: written as text, drawn beside it, run on save."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from knowledge.content import load_content
from knowledge.editing.texts import Kind, list_texts
from tests.web.console.conftest import ORIGIN, ROOT, Browser
from web.console.guides import title_of


@pytest.fixture
def guide(staff_engine: Engine) -> tuple[str, str, str]:
    """Path, text and scenarios of a guide that comes along, over the procedures that it leads to."""
    load_content(staff_engine)
    with staff_engine.connect() as connection:
        found = list_texts(connection, Kind.GUIDE)[0]
    return f"/huong-dan/cau-hoi/{found.name}", found.text, found.scenarios


def titled(text: str, title: str) -> str:
    return re.sub(r"^title: .*$", lambda _: f"title: {title}", text, flags=re.MULTILINE)


def test_everybody_sees_the_tree_and_only_a_reviewer_the_form(
    viewer: Browser, editor: Browser, reviewer: Browser, guide: tuple[str, str, str]
) -> None:
    path, text, _ = guide
    title = title_of(text)
    assert f'{path}">{title}</a>' in viewer.get(f"{ROOT}/huong-dan").text
    for browser, may in ((viewer, False), (editor, False), (reviewer, True)):
        page = browser.get(f"{ROOT}{path}").text
        assert f"<h1>{title}</h1>" in page
        assert "<svg" in page
        assert "mọi tình huống đều ra đúng kết quả" in page
        assert ("<textarea" in page) is may


def test_what_is_saved_counts_and_can_be_taken_back(
    reviewer: Browser, viewer: Browser, guide: tuple[str, str, str]
) -> None:
    path, text, scenarios = guide
    form = {"noi_dung": titled(text, "Tên của cán bộ").replace("\n", "\r\n"), "tinh_huong": scenarios, "ban": "0"}
    assert reviewer.submit(f"{path}/luu", {**form, "loi": "rõ hơn"}).status_code == 303
    page = viewer.get(f"{ROOT}{path}").text
    assert "Tên của cán bộ" in page
    assert "rõ hơn" in page
    # A second writer who began from the file is told, and overwrites nothing.
    late = reviewer.submit(f"{path}/luu", {**form, "noi_dung": titled(text, "Muộn")})
    assert late.status_code == 422
    assert "Chưa có gì bị ghi đè" in late.text
    assert reviewer.submit(f"{path}/bo", {"ban": "1"}).status_code == 303
    assert "<title>Tên của cán bộ" not in viewer.get(f"{ROOT}{path}").text


def test_mistakes_are_told_with_their_lines_and_what_was_typed_stays(
    reviewer: Browser, guide: tuple[str, str, str]
) -> None:
    path, text, _ = guide
    wrong = "- hỏi: chẳng dẫn tới đâu\n  kết quả: 9.999999\n"
    answer = reviewer.submit(f"{path}/luu", {"noi_dung": text, "tinh_huong": wrong, "ban": "0"})
    assert answer.status_code == 422
    assert re.search(r"\.scenarios\.yml, dòng 1:", answer.text)
    assert "chẳng dẫn tới đâu" in answer.text
    live = {"HX-Request": "true", "X-Form-Token": reviewer.token(), **ORIGIN}
    piece = reviewer.post(f"{ROOT}{path}/xem", data={"noi_dung": "name: [", "tinh_huong": ""}, headers=live)
    assert piece.status_code == 200
    assert "<html" not in piece.text
    assert "YAML không đọc được" in piece.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</textarea><img src=x onerror=alert(1)>"])
def test_no_text_becomes_markup(reviewer: Browser, viewer: Browser, guide: tuple[str, str, str], text: str) -> None:
    path, source, scenarios = guide
    form = {"noi_dung": titled(source, f'"{text}"'), "tinh_huong": scenarios, "ban": "0"}
    assert reviewer.submit(f"{path}/luu", {**form, "loi": text}).status_code == 303
    for browser in (viewer, reviewer):
        page = browser.get(f"{ROOT}{path}").text
        assert text not in page
        assert html.escape(text) in page


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("title: Khai tử\nquestions:\n", "Khai tử"),
        ('name: x\r\ntitle: "Hộ chiếu: lần đầu"\r\n', "Hộ chiếu: lần đầu"),
        ("questions:\n  title: bên trong\n", ""),
        ("title:\nentry:\n", ""),
        ("", ""),
    ],
)
def test_a_title_is_read_of_a_text_that_is_half_written(text: str, title: str) -> None:
    assert title_of(text) == title


@pytest.mark.parametrize("path", ["/huong-dan/cau-hoi/..%2f..%2fetc", "/huong-dan/x/y", "/huong-dan/cau-hoi/A_b"])
def test_names_that_are_none_are_nothing(reviewer: Browser, path: str) -> None:
    assert reviewer.get(f"{ROOT}{path}").status_code == 404


def test_nothing_is_written_into_the_files(reviewer: Browser, guide: tuple[str, str, str]) -> None:
    path, text, scenarios = guide
    files = {file: file.read_bytes() for file in Path("knowledge/content/guides").glob("*.yml")}
    reviewer.submit(f"{path}/luu", {"noi_dung": titled(text, "Khác"), "tinh_huong": scenarios, "ban": "0"})
    assert files
    assert files == {file: file.read_bytes() for file in files}


def test_a_new_one_is_begun_by_its_name(reviewer: Browser) -> None:
    answer = reviewer.get(f"{ROOT}/huong-dan?loai=viec-trong-doi&ten=Về hưu sớm")
    assert answer.headers["location"] == f"{ROOT}/huong-dan/viec-trong-doi/ve-huu-som"
    assert reviewer.get(answer.headers["location"]).status_code == 200
    assert reviewer.get(f"{ROOT}/huong-dan?loai=none&ten=x").status_code == 200
