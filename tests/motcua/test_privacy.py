from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.channels.inbox.database import open_inbox
from bot.channels.inbox.messages import accept
from knowledge.database import migrate
from knowledge.database import open_engine as open_knowledge
from motcua.privacy import app
from tests.bot.channels.inbox.support import message

RUN = CliRunner()


@pytest.fixture(autouse=True)
def _databases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{tmp_path}/inbox.db")
    monkeypatch.setenv("MOTCUA_TRACKER_URL", f"sqlite:///{tmp_path}/conversations.db")
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/motcua.db")
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")
    migrate(open_knowledge())
    inbox = open_inbox()
    accept(inbox, [message(1, sender="tg:1", text="của người kia"), message(2, sender="tg:2")])
    inbox.engine.dispose()


def test_what_is_kept_of_a_person_is_printed_and_nothing_of_another() -> None:
    told = json.loads(RUN.invoke(app, ["export", "tg:1"]).stdout)
    (row,) = told["tin nhắn và liên hệ"]["inbox_messages"]
    assert row["content"]["text"] == "của người kia"
    assert "tg:2" not in json.dumps(told)


def test_erasing_wants_a_yes_and_tells_what_went() -> None:
    assert RUN.invoke(app, ["erase", "tg:1"], input="n\n").exit_code == 1
    assert json.loads(RUN.invoke(app, ["export", "tg:1"]).stdout)["tin nhắn và liên hệ"]["inbox_messages"]
    done = RUN.invoke(app, ["erase", "tg:1"], input="y\n")
    assert "tin nhắn và liên hệ: đã xóa 2 dòng." in done.stdout
    assert "đã xóa 0 dòng" in RUN.invoke(app, ["erase", "tg:1", "--yes"]).stdout
    assert json.loads(RUN.invoke(app, ["export", "tg:2"]).stdout)["tin nhắn và liên hệ"]["inbox_messages"]


def test_the_purge_tells_what_went() -> None:
    assert "cuộc trò chuyện: đã xóa 0 dòng." in RUN.invoke(app, ["purge"]).stdout
