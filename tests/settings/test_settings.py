"""Settings and secrets: defaults that keep to this machine, and errors in one line that name the variable."""

from __future__ import annotations

import datetime as dt
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine

import settings
from settings import secrets


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, without settings."""
    for name in list(os.environ):
        if name.startswith("MOTCUA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_by_default_everything_stays_on_this_machine_and_in_this_folder() -> None:
    assert settings.bind_address() == "127.0.0.1"
    assert settings.database_url() == "sqlite:///var/motcua.db"
    assert settings.tracker_url() == "sqlite:///var/conversations.db"
    assert settings.rasa_url() == "http://127.0.0.1:5005"
    assert settings.model_folder() == Path("models")
    assert [settings.port_of(name) for name in ("web", "rasa", "actions")] == [8000, 5005, 5055]


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("BIND", "0.0.0.0"), ("DATABASE_URL", "postgresql://x"), ("TRACKER_URL", "sqlite:///t.db")):
        monkeypatch.setenv(f"MOTCUA_{name}", value)
    monkeypatch.setenv("MOTCUA_RASA_PORT", "6005")
    monkeypatch.setenv("MOTCUA_MODELS", "m")
    assert settings.bind_address() == "0.0.0.0"
    assert settings.database_url() == "postgresql://x"
    assert settings.tracker_url() == "sqlite:///t.db"
    assert settings.rasa_url() == "http://127.0.0.1:6005"
    assert settings.model_folder() == Path("m")
    monkeypatch.setenv("MOTCUA_RASA_URL", "http://rasa:1")
    assert settings.rasa_url() == "http://rasa:1"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BIND", "WEB_PORT", "DATABASE_URL", "SESSION_SECRET"):
        monkeypatch.setenv(f"MOTCUA_{name}", "")
    assert settings.bind_address() == "127.0.0.1"
    assert settings.port_of("web") == 8000
    assert settings.database_url().startswith("sqlite")
    assert len(secrets.session_secret()) >= secrets.SHORTEST


@pytest.mark.parametrize("value", ["x", "0", "65536", "-1", "80.5", " 80", "²"])
def test_what_is_no_port_is_refused_by_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_WEB_PORT", value)
    with pytest.raises(ValueError, match=r"^MOTCUA_WEB_PORT=.* không phải số cổng") as told:
        settings.port_of("web")
    assert "\n" not in str(told.value)


def test_a_secret_is_made_once_for_its_owner_only(house: Path) -> None:
    first = secrets.channel_secret()
    assert len(first) >= secrets.SHORTEST
    assert secrets.channel_secret() == first
    assert secrets.session_secret() != first
    folder = house / "var" / "secrets"
    assert sorted(file.name for file in folder.iterdir()) == ["channel", "session"]
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_processes_that_start_together_get_the_same_secret(house: Path) -> None:
    code = "from settings.secrets import channel_secret; print(channel_secret())"
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=house, stdout=subprocess.PIPE, text=True) for _ in range(6)
    ]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1
    assert [file.name for file in (house / "var" / "secrets").iterdir()] == ["channel"]


def test_a_secret_from_the_environment_leaves_no_file(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_CHANNEL_SECRET", "a" * secrets.SHORTEST)
    assert secrets.channel_secret() == "a" * secrets.SHORTEST
    assert not (house / "var").exists()


def test_a_short_secret_is_refused_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_SESSION_SECRET", "a-short-secret")
    with pytest.raises(ValueError, match=r"^MOTCUA_SESSION_SECRET .*phải có ít nhất 24 ký tự") as told:
        secrets.session_secret()
    assert "a-short-secret" not in str(told.value)


@pytest.mark.parametrize("given", ["short", "change-me-change-me-change-me", "thay-gia-tri-nay-thay-gia-tri-nay"])
@pytest.mark.parametrize(("variable", "name"), secrets.OURS.items())
def test_a_default_in_the_environment_or_a_file_is_refused_by_name(
    variable: str, name: str, given: str, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.check_given()
    with monkeypatch.context() as patch:
        patch.setenv(variable, given)
        with pytest.raises(ValueError, match=f"^{variable} ") as told:
            secrets.check_given()
    assert given not in str(told.value)
    folder = house / "var" / "secrets"
    assert not folder.exists()  # looking makes nothing
    folder.mkdir(parents=True)
    (folder / name).write_text(given)
    with pytest.raises(ValueError, match=f"^{variable} "):
        secrets.check_given()
    (folder / name).write_text("k" * 12 + "f9Q2" * 4)
    secrets.check_given()


@pytest.mark.parametrize("password", ["PASSWORD", "change-me"])
@pytest.mark.parametrize("variable", ["MOTCUA_DATABASE_URL", "MOTCUA_REDIS_URL", "MOTCUA_EVENTS_URL"])
def test_a_password_of_the_examples_is_refused_by_name(
    variable: str, password: str, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"some://motcua:{password}@127.0.0.1/x")
    with pytest.raises(ValueError, match=f"{variable} còn là giá trị mẫu") as told:
        secrets.check_given()
    assert password not in str(told.value)


def test_today_is_vietnams_unless_a_day_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel("2026-11-24T18:30:00+00:00", tick=False):
        assert settings.today() == dt.date(2026, 11, 25)
        monkeypatch.setenv("MOTCUA_TODAY", "2027-01-01")
        assert settings.today() == dt.date(2027, 1, 1)


@pytest.mark.parametrize("value", ["1/1/2027", "2027-02-30", "hôm nay"])
def test_what_is_no_day_is_refused_by_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_TODAY", value)
    with pytest.raises(ValueError, match=r"^MOTCUA_TODAY="):
        settings.today()


def test_the_public_address_is_told_without_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.public_url() is None
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://hoi.example.vn/")
    assert settings.public_url() == "https://hoi.example.vn"
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "javascript:alert(1)")
    with pytest.raises(ValueError, match=r"^MOTCUA_PUBLIC_URL="):
        settings.public_url()
