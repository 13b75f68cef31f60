"""``motcua export`` and ``import`` as somebody at a terminal meets them: edited, looked through, written."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy.engine import Engine
from typer.testing import CliRunner, Result

from knowledge import store
from knowledge.errors import MotCuaError
from motcua import cli, setup
from tests.knowledge.made_up import CODE, told
from tests.knowledge.workbook.books import OTHER, edited, pigeons, put, stored


@pytest.fixture
def shelf(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Two procedures, in the database that the commands find; vectors are no matter here."""
    stored(engine, pigeons(), pigeons(OTHER, group="y_te"))
    monkeypatch.setattr(setup, "ready_database", lambda tell: engine)
    monkeypatch.setattr(setup, "ready_vectors", lambda engine, tell: 0)
    return engine


def command(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), input=typed, catch_exceptions=False)


def test_a_workbook_is_looked_through_and_written_only_after_a_yes(shelf: Engine, tmp_path: Path) -> None:
    file = tmp_path / "thu-tuc.xlsx"
    assert f"Đã ghi 1 thủ tục ra {file}" in command("export", str(file), "--codes", CODE).output
    assert "mới 0, đổi 0, giữ nguyên 1, loại 0" in command("import", str(file)).output
    file.write_bytes(edited(file.read_bytes(), put("Phí, lệ phí", "D2", "30.000")))
    for typed in ("không\n", ""):
        looked = command("import", str(file), typed=typed)
        assert "Phí, lệ phí, dòng 2: sửa" in looked.output
        assert "Số tiền (đồng): 25.000 → 30.000" in looked.output
        assert "Không ghi gì." in looked.output
        assert looked.exit_code == 1
    done = command("import", str(file), typed="có\n")
    assert "Ghi 1 thủ tục và công bố?" in done.output
    assert "Đã ghi: mới 0, đổi 1." in done.output
    with shelf.connect() as connection:
        assert store.load_layers(connection, [CODE])[CODE, store.EDITORIAL].channels[0].fees[0].amount == 30_000


def test_a_fault_is_told_with_its_cell_and_the_rest_goes_on(shelf: Engine, tmp_path: Path) -> None:
    file = tmp_path / "thu-tuc.xlsx"
    command("export", str(file))
    file.write_bytes(edited(file.read_bytes(), put("Phí, lệ phí", "D2", "nhiều"), put("Thủ tục", "F3", "Câu mới.")))
    done = command("import", str(file), "--yes")
    assert "mới 0, đổi 1, giữ nguyên 0, loại 1" in done.output
    assert "Trang 'Phí, lệ phí', ô D2: 'nhiều' không phải số tiền" in done.output
    assert told(shelf, OTHER).summary == "Câu mới."
    assert told(shelf).summary == "Xin thẻ để nuôi chim bồ câu."


def test_as_a_draft_nothing_is_told_to_citizens_yet(shelf: Engine, tmp_path: Path) -> None:
    file = tmp_path / "thu-tuc.xlsx"
    command("export", str(file), "--group", "y_te")
    assert load_workbook(BytesIO(file.read_bytes()))["Thủ tục"].max_row == 2
    file.write_bytes(edited(file.read_bytes(), put("Thủ tục", "F2", "Câu mới.")))
    assert "thành bản nháp?" not in command("import", str(file), "--yes", "--draft").output
    assert told(shelf, OTHER).summary == "Xin thẻ để nuôi chim bồ câu."


def test_json_goes_both_ways_too(shelf: Engine, tmp_path: Path) -> None:
    file = tmp_path / "kho.json"
    assert "2 thủ tục" in command("export", str(file)).output
    assert "giữ nguyên 2" in command("import", str(file)).output
    entries = json.loads(file.read_text(encoding="utf-8"))
    entries["procedures"][0]["summary"] = "Câu mới."
    file.write_text(json.dumps(entries), encoding="utf-8")
    assert "đổi 1" in command("import", str(file), "--yes").output
    assert told(shelf).summary == "Câu mới."


def test_the_template_and_what_cannot_be_written(shelf: Engine, tmp_path: Path) -> None:
    file = tmp_path / "mau.xlsx"
    assert "file mẫu" in command("export", str(file), "--template").output
    assert "Các dòng ví dụ" in command("import", str(file)).output
    for arguments, reason in (
        ((str(tmp_path / "x.csv"),), "đuôi .xlsx hoặc .json"),
        ((str(tmp_path / "khong" / "co.xlsx"), "--codes", CODE), "Không ghi được"),
        ((str(file), "--codes", "9.999999"), "không có thủ tục 9.999999"),
    ):
        with pytest.raises(MotCuaError, match=reason):
            command("export", *arguments)


def test_a_file_with_macros_is_refused(shelf: Engine, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsm"
    file.write_bytes(b"PK\x03\x04")
    refused = CliRunner().invoke(cli.app, ["import", str(file)])
    assert refused.exit_code == 1
    assert "không phải Excel" in refused.output
