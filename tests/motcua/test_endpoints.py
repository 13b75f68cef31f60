"""Rasa's endpoints follow the settings, and Rasa itself reads them as they are meant."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from motcua import endpoints as module
from motcua.endpoints import endpoints, lock_environment, write_endpoints
from motcua.serving import Part, command_of
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, without settings."""
    for name in list(os.environ):
        if name.startswith("MOTCUA_") or name == "TICKET_LOCK_LIFETIME":
            monkeypatch.delenv(name)
    shutil.copy(ROOT / "endpoints.yml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_on_one_machine_they_are_those_of_the_checkout() -> None:
    assert endpoints() == yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    assert lock_environment() == {}


def test_a_cluster_locks_in_redis_and_sends_its_events_to_rabbitmq(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_ACTIONS_URL", "http://actions:5055/webhook")
    monkeypatch.setenv("MOTCUA_REDIS_URL", "rediss://:p%40ss@redis:6380/3")
    monkeypatch.setenv("MOTCUA_EVENTS_URL", "amqp://motcua:p%2Fss@rabbit/city")
    monkeypatch.setenv("MOTCUA_EVENTS_QUEUE", "turns")
    found = endpoints()
    assert found["action_endpoint"]["url"] == "http://actions:5055/webhook"
    lock = found["lock_store"]
    assert (lock["url"], lock["port"], lock["db"]) == ("redis", 6380, 3)
    assert (lock["password"], lock["use_ssl"]) == ("p@ss", True)
    broker = found["event_broker"]
    assert (broker["type"], broker["queues"]) == ("pika", ["turns"])
    assert broker["url"] == "amqp://motcua:p%2Fss@rabbit:5672/city"
    assert found["tracker_store"]["type"] == "bot.tracker_store.ConversationStore"


def test_a_shared_lock_of_a_dead_process_is_gone_before_a_turn_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_REDIS_URL", "redis://redis")
    assert 0 < int(lock_environment()["TICKET_LOCK_LIFETIME"]) < 25
    monkeypatch.setenv("TICKET_LOCK_LIFETIME", "12")
    assert lock_environment()["TICKET_LOCK_LIFETIME"] == "12"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MOTCUA_ACTIONS_URL", "actions:5055"),
        ("MOTCUA_REDIS_URL", "hide-this"),
        ("MOTCUA_REDIS_URL", "redis://:hide-this@redis:port/1"),
        ("MOTCUA_REDIS_URL", "redis://:hide-this@redis/one"),
        ("MOTCUA_EVENTS_URL", "http://user:hide-this@rabbit/"),
        ("MOTCUA_EVENTS_URL", "amqp://hide-this/"),
        ("MOTCUA_EVENTS_URL", "amqp://user:hide-this@rabbit:70000/"),
    ],
)
def test_an_address_that_cannot_be_read_is_refused_by_name_and_without_its_password(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=f"^{variable} ") as told:
        endpoints()
    assert "hide-this" not in str(told.value)


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=30))
def test_any_password_reaches_redis_as_it_is(password: str) -> None:
    assert module._lock_store(f"redis://:{quote(password, safe='')}@redis:6379/1")["password"] == password


def test_what_is_written_can_be_read_by_its_owner_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_REDIS_URL", "redis://:secret@redis")
    first = write_endpoints()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert yaml.safe_load(first.read_text(encoding="utf-8")) == endpoints()
    monkeypatch.setenv("MOTCUA_RASA_PORT", "5006")
    assert write_endpoints() != first


@pytest.mark.parametrize("words", [("run",), *(("serve", part.value) for part in Part)])
def test_nothing_starts_with_a_default_secret(words: tuple[str, ...], house: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "motcua.cli", *words],
        cwd=house, env={**os.environ, "PYTHONPATH": str(ROOT), "MOTCUA_CHANNEL_SECRET": "change-me-change-me-changes"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    (line,) = (told.stdout + told.stderr).strip().splitlines()
    assert line.startswith("MOTCUA_CHANNEL_SECRET")
    assert "change-me" not in line


def test_each_part_is_served_by_its_own_module(house: Path) -> None:
    (house / "models").mkdir()
    (house / "models" / "motcua-x.tar.gz").touch()
    commands = {part: command_of(part) for part in Part}
    assert [commands[part][:3] for part in Part] == [
        [sys.executable, "-m", module] for module in ("bot", "actions", "web", "bot.channels")
    ]
    assert Path(commands[Part.RASA][3]).name == "motcua-x.tar.gz"
    assert Path(commands[Part.RASA][4]).exists()


def test_a_part_without_what_it_needs_ends_with_one_line(house: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "motcua.cli", "serve", "rasa"],
        cwd=house,
        env={**os.environ, "MOTCUA_RASA_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert told.returncode == 1
    assert told.stderr.strip() == "MOTCUA_RASA_PORT=0 không phải số cổng (1 đến 65535)."
