"""Staff collect examples, have the assistant learn in the background, compare, and choose which model is used."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.engine import Engine
from starlette.applications import Starlette

from analytics import learning, tables
from analytics.database import migrate
from analytics.examples import as_nlu_data, collected
from analytics.learning import Change, Comparison, Measure
from storage.models import examples_file, serve, serving
from tests.knowledge.editing.conftest import draft, publish
from tests.knowledge.made_up import CODE, content_of
from tests.web.console.conftest import ROOT, Browser
from tests.web.console.test_figures import text_of

PATH = "/huan-luyen"
OLD, NEW = "motcua-0123456789abcdef", "motcua-0123456789abcdef-11111111"
FOUND = Comparison(
    [Measure("macro_f1", 0.9, 0.912, 3_000)],
    [Measure("first", 0.8, 0.79, 400)],
    [
        Change("giấy tờ cho bé", f"{CODE}, 9.000002", "not_found", CODE, True),
        Change("xin thôi nhận tin", "stop_following", "deny", "stop_following", True),
    ],
)


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, staff_engine: Engine) -> Path:
    """A folder with one model."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / f"{OLD}.tar.gz").touch()
    monkeypatch.setenv("MOTCUA_MODELS", str(folder))
    migrate(staff_engine)
    return folder


@pytest.fixture
def begun(app: Starlette) -> list[int]:
    """Trainings whose process would have been started."""
    numbers: list[int] = []
    app.state.start_training = lambda _engine, number: numbers.append(number)
    return numbers


def add(browser: Browser, text: str, intent: str = "ask_fee") -> int:
    return int(browser.submit(f"{PATH}/cau", {"cau": text, "muon": intent}).status_code)


def test_examples_are_collected_once_without_anybodys_numbers(editor: Browser, staff_engine: Engine) -> None:
    assert add(editor, "hết mấy đồng vậy") == 303
    assert add(editor, "Het may dong vay?", "ask_place") == 303  # the same words: what it wants is corrected
    for text, intent in (("gọi 0912345678 nhé", "ask_fee"), ("x", "ask_fee"), ("mấy giờ mở cửa", "no_such")):
        assert add(editor, text, intent) == 422
    assert [(one.text, one.intent) for one in collected(staff_engine)] == [("Het may dong vay?", "ask_place")]
    page = editor.get(f"{ROOT}{PATH}").text
    assert "1 câu mô hình đang dùng chưa học" in text_of(page)
    editor.submit(f"{PATH}/cau/{collected(staff_engine)[0].id}/bo")
    assert collected(staff_engine) == []


def test_a_training_is_begun_once_and_its_progress_is_told(
    editor: Browser, reviewer: Browser, staff_engine: Engine, begun: list[int]
) -> None:
    assert reviewer.submit(f"{PATH}/hoc").status_code == 422  # nothing new
    add(editor, "hết mấy đồng vậy")
    assert editor.submit(f"{PATH}/hoc").status_code == 403
    assert reviewer.submit(f"{PATH}/hoc").status_code == 303
    again = reviewer.submit(f"{PATH}/hoc")
    assert again.status_code == 422
    assert "đang học rồi" in text_of(again.text)
    assert len(begun) == 1
    learning.beat(staff_engine, begun[0], "Đang học: học dấu tiếng Việt", 20)
    for path in (PATH, f"{PATH}/tien-do", f"{PATH}/{begun[0]}"):
        assert "học dấu tiếng Việt" in editor.get(f"{ROOT}{path}").text
    live = {"HX-Request": "true"}
    assert "hx-refresh" not in editor.get(f"{ROOT}{PATH}/tien-do", headers=live).headers
    learning.finish(staff_engine, begun[0], NEW, FOUND)
    assert editor.get(f"{ROOT}{PATH}/tien-do", headers=live).headers["hx-refresh"] == "true"


def test_before_and_after_is_shown_and_the_old_model_stays_one_click_away(
    editor: Browser, reviewer: Browser, staff_engine: Engine, begun: list[int], models: Path
) -> None:
    publish(staff_engine, draft(staff_engine, content_of(name="Cấp thẻ nuôi chim")))
    add(editor, "hết mấy đồng vậy")
    reviewer.submit(f"{PATH}/hoc")
    examples_file(models, NEW).write_text(as_nlu_data([("hết mấy đồng vậy", "ask_fee")]), encoding="utf-8")
    (models / f"{NEW}.tar.gz").touch()
    os.utime(models / f"{NEW}.tar.gz", (1, 1))
    learning.finish(staff_engine, begun[0], NEW, FOUND)
    told = text_of(reviewer.get(f"{ROOT}{PATH}/{begun[0]}").text)
    for word in ("90,0 %", "91,2 %", "tốt hơn", "80,0 %", "79,0 %", "kém đi", "xin thôi nhận tin", "Thôi theo dõi"):
        assert word in told
    assert "đúng là: Cấp thẻ nuôi chim hoặc 9.000002 Trước: Không tìm thấy Sau: Cấp thẻ nuôi chim" in told
    assert "Lần học 1 đã học hết các câu này" in text_of(reviewer.get(f"{ROOT}{PATH}").text)
    assert editor.submit(f"{PATH}/dung", {"mo_hinh": NEW}).status_code == 403
    assert serving(models) == models / f"{OLD}.tar.gz"
    for name in (NEW, OLD, NEW):
        assert reviewer.submit(f"{PATH}/dung", {"mo_hinh": name}).status_code == 303
        assert serving(models) == models / f"{name}.tar.gz"
        assert "đang dùng" in text_of(reviewer.get(f"{ROOT}{PATH}").text)
    assert "Dùng lại mô hình trước" in text_of(reviewer.get(f"{ROOT}{PATH}/{begun[0]}").text)
    assert "0 câu mô hình đang dùng chưa học" in text_of(reviewer.get(f"{ROOT}{PATH}").text)


@pytest.mark.parametrize("name", ["../../etc/passwd", "motcua-none", "", "serving", f"{OLD}/../{OLD}"])
def test_only_a_model_that_is_there_can_be_chosen(reviewer: Browser, models: Path, name: str) -> None:
    reviewer.submit(f"{PATH}/dung", {"mo_hinh": name})
    assert serving(models) == models / f"{OLD}.tar.gz"
    assert "không còn trên máy chủ" in reviewer.get(f"{ROOT}{PATH}").text


def test_a_training_that_died_is_told_and_another_may_begin(
    reviewer: Browser, staff_engine: Engine, begun: list[int]
) -> None:
    add(reviewer, "hết mấy đồng vậy")
    reviewer.submit(f"{PATH}/hoc")
    long_ago = dt.datetime(2026, 1, 1)
    with staff_engine.begin() as connection:
        connection.execute(update(tables.trainings).values(beat=long_ago))
    assert "bị ngắt giữa chừng" in text_of(reviewer.get(f"{ROOT}{PATH}").text)
    assert reviewer.submit(f"{PATH}/hoc").status_code == 303
    assert not learning.beat(staff_engine, begun[0])  # the first one learns that it was given up
    learning.fail(staff_engine, begun[1], "Huấn luyện mô hình không xong.")
    told = text_of(reviewer.get(f"{ROOT}{PATH}").text)
    assert "Huấn luyện mô hình không xong." in told
    assert "bị ngắt giữa chừng" in told


def test_a_training_that_waits_for_a_decision_gives_way_to_new_examples(
    reviewer: Browser, staff_engine: Engine, begun: list[int], models: Path
) -> None:
    add(reviewer, "hết mấy đồng vậy")
    reviewer.submit(f"{PATH}/hoc")
    serve(models, OLD)  # as a training does first
    (models / f"{NEW}.tar.gz").touch()
    learning.finish(staff_engine, begun[0], NEW, FOUND)
    page = reviewer.get(f"{ROOT}{PATH}").text
    assert "đang chờ quyết định" in text_of(page)
    assert "Bắt đầu học" not in text_of(page)
    add(reviewer, "tốn nhiêu tiền")
    page = reviewer.get(f"{ROOT}{PATH}").text
    assert "đang chờ quyết định" not in text_of(page)
    assert "Bắt đầu học" in text_of(page)


def test_a_training_that_cannot_be_started_is_told_and_another_may_begin(
    reviewer: Browser, staff_engine: Engine, app: Starlette
) -> None:
    def away(_engine: Engine, _number: int) -> None:
        raise OSError("no memory")

    app.state.start_training = away
    add(reviewer, "hết mấy đồng vậy")
    for number in (1, 2):
        answer = reviewer.submit(f"{PATH}/hoc")
        assert answer.status_code == 422
        assert "Không khởi động được việc học" in text_of(answer.text)
        training = learning.find(staff_engine, number)
        assert training is not None
        assert training.state is learning.State.FAILED


def test_a_place_that_cannot_learn_says_so(
    reviewer: Browser, begun: list[int], models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(reviewer, "hết mấy đồng vậy")
    monkeypatch.setattr("web.console.learning.writable", lambda _folder: False)
    assert "đóng sẵn trong ảnh" in text_of(reviewer.submit(f"{PATH}/hoc").text)
    assert begun == []
