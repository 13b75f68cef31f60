"""The dashboard shows what was counted, and gives it away in files that do nothing by themselves."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
import time_machine
from openpyxl import load_workbook
from sqlalchemy.engine import Engine

from analytics.database import migrate
from answers.outcome import Aspect, Outcome
from tests.analytics.support import Talk
from tests.web.console.conftest import Browser
from tests.web.pages import save
from web.console.figure_files import as_csv, as_excel
from web.console.figure_tables import Share, Table

CODE, RISKY = "9.000001", "9.000002"
EVIL = '=HYPERLINK("http://x","y")<script>alert(1)</script>'
NOW = "2026-11-24T12:00:00+07:00"


@pytest.fixture
def told(staff_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people of November, one of October; one procedure's name wants to be more than a name."""
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")
    migrate(staff_engine)
    save(staff_engine, CODE, "Cấp thẻ nuôi chim", group="nong_nghiep")
    save(staff_engine, RISKY, EVIL, group="dat_dai")
    one = Talk(staff_engine, "web-1", dt.datetime(2026, 11, 24, 2), "web")
    one.found(CODE, Aspect.HOW_TO_FILE, ms=80)
    one(Outcome.SMALLTALK, intent="rate_good", ms=5)
    other = Talk(staff_engine, "tg:1", dt.datetime(2026, 11, 20, 2))
    other.found(RISKY, Aspect.FEE, ms=1_250)
    other(Outcome.NOT_FOUND, ms=90)
    Talk(staff_engine, "tg:2", dt.datetime(2026, 10, 3, 2)).found(CODE, ms=70)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def key_figures(html: str) -> dict[str, str]:
    return dict(re.findall(r"<div><dt>([^<]+)</dt><dd>([^<]+)</dd></div>", html))


@time_machine.travel(NOW, tick=True)
def test_the_last_thirty_days_are_shown_first(viewer: Browser, told: None) -> None:
    page = viewer.get("/quan-tri/so-lieu").text
    assert key_figures(page) == {
        "Cuộc trò chuyện": "2", "Người hỏi": "2", "Lượt hỏi": "4", "Trả lời được": "50 %",
        "Lượt chưa trả lời được": "1", "Lượt mở Cổng": "0", "Đánh giá tốt": "100 %",
        "Trả lời trong (trung vị)": "0,08 giây", "95 % lượt trả lời trong": "1,25 giây",
    }  # fmt: skip
    assert page.count("<svg") == page.count("<desc") == 7
    assert "Cấp thẻ nuôi chim 9.000001 1 0" in text_of(page)


@time_machine.travel(NOW, tick=True)
def test_figures_can_be_narrowed(viewer: Browser, told: None) -> None:
    def turns(query: str) -> str:
        return key_figures(viewer.get(f"/quan-tri/so-lieu?{query}").text)["Lượt hỏi"]

    assert turns("tu=2026-10-01&den=2026-11-24") == "5"
    assert turns("tu=2026-11-24&den=2026-10-01") == "5"  # the other way round is meant just so
    assert turns("kenh=telegram") == "2"
    assert turns("nhom=nong_nghiep") == "1"
    assert turns("noi=Phường+Tân+Hưng") == "0"
    assert turns("tu=gestern&den=0001-01-01&kenh=x&nhom=<b>&noi=y") == "4"


@time_machine.travel(NOW, tick=True)
def test_a_name_never_becomes_mark_up(viewer: Browser, told: None) -> None:
    for path in ("/so-lieu", "/so-lieu/bao-cao?thang=2026-11"):
        page = viewer.get(f"/quan-tri{path}").text
        assert "HYPERLINK" in page
        assert "<script>alert" not in page


@time_machine.travel(NOW, tick=True)
def test_a_file_has_the_same_figures_and_no_formula(viewer: Browser, told: None) -> None:
    answer = viewer.get("/quan-tri/so-lieu/tai-ve.csv?tu=2026-11-01&den=2026-11-30")
    assert answer.headers["content-disposition"] == 'attachment; filename="so-lieu-2026-11-01-2026-11-30.csv"'
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["Cuộc trò chuyện", "2"] in lines
    assert ["'" + EVIL, RISKY, "1", "0"] in lines
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]
    book = load_workbook(io.BytesIO(viewer.get("/quan-tri/so-lieu/tai-ve.xlsx").content))
    assert [cell.value for cell in book["Tổng quan"][2]] == ["Cuộc trò chuyện", 2]
    asked = {row[1].value: row[0] for row in book["Thủ tục được hỏi nhiều nhất"].iter_rows(min_row=2)}
    assert (asked[RISKY].value, asked[RISKY].data_type) == (EVIL, "s")


def test_only_known_kinds_of_files_are_made(viewer: Browser) -> None:
    assert viewer.get("/quan-tri/so-lieu/tai-ve.exe").status_code == 404


@time_machine.travel(NOW, tick=True)
def test_the_report_is_of_a_month(viewer: Browser, told: None) -> None:
    page = viewer.get("/quan-tri/so-lieu/bao-cao?thang=2026-10&kenh=telegram").text
    assert "Báo cáo tháng 10/2026" in page
    assert "Telegram" in page
    assert "Từ 1/10/2026 đến hết 31/10/2026" in text_of(page)
    assert key_figures(page)["Lượt hỏi"] == "1"
    assert "Báo cáo tháng 11/2026" in viewer.get("/quan-tri/so-lieu/bao-cao?thang=nie").text


@time_machine.travel(NOW, tick=True)
def test_without_anybody_there_is_nothing_to_divide(viewer: Browser) -> None:
    page = viewer.get("/quan-tri/so-lieu").text
    assert key_figures(page)["Trả lời được"] == "–"
    assert "Chưa có lượt nào" in page


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_can_be_taken_for_a_formula(text: str) -> None:
    table = Table("x", "=t", (text,), ((text, 1, Share(0.5)),))
    lines = list(csv.reader(io.StringIO(as_csv([table]).decode("utf-8-sig"), newline="")))
    assert lines[2][0] == f"'{text}"
    sheet = load_workbook(io.BytesIO(as_excel([table]))).worksheets[0]
    assert sheet.cell(2, 1).data_type == "s"
    assert (sheet.cell(2, 2).value, sheet.cell(2, 3).value) == (1, 0.5)
