from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from motcua.switches import app

RUN = CliRunner()


def test_a_channel_is_switched_off_listed_and_switched_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{tmp_path}/inbox.db")
    assert "Không kênh nào bị tắt." in RUN.invoke(app, ["list"]).stdout
    assert "Nghỉ lễ" in RUN.invoke(app, ["off", "telegram", "--notice", "Nghỉ lễ đến thứ Hai."]).stdout
    assert "telegram: đang tắt. Lời báo: Nghỉ lễ đến thứ Hai." in RUN.invoke(app, ["list"]).stdout
    assert "Đã mở telegram." in RUN.invoke(app, ["on", "telegram"]).stdout
    assert "Không kênh nào bị tắt." in RUN.invoke(app, ["list"]).stdout
    assert RUN.invoke(app, ["off", "fax"]).exit_code == 1
