from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from watching.logs import redacted, set_up_logs

SLIPPED = [
    ("turn of tg:700000001 failed", "700000001"),
    ("sender zalo:8300000000000000001", "8300000000000000001"),
    ("web-AbCdEfGhIjKlMnOpQrStUvWx left", "AbCdEfGhIjKlMnOpQrStUvWx"),
    ("GET https://api.telegram.org/bot123456789:AAabcdefghijklmnopqrstuvwxyz0123456/getMe", "AAabcdefghij"),
    ("Authorization: Bearer abc.def", "abc.def"),
    ('{"access_token": "xyz123"}', "xyz123"),
    ("postgresql://motcua:hunter2@db/x", "hunter2"),
    ("said 'sđt em 0912345678'", "0912345678"),
]


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(("line", "secret"), SLIPPED)
def test_people_and_secrets_that_slip_in_are_taken_out(line: str, secret: str) -> None:
    assert secret not in redacted(line)
    assert redacted(redacted(line)) == redacted(line)


@pytest.mark.parametrize("line", ["turn failed: ValueError", "index of 305 procedures, version 12", "GET /thu-tuc 200"])
def test_other_lines_stay(line: str) -> None:
    assert redacted(line) == line


@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_line_is_redacted_whatever_its_form(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_LOG_FORMAT", kind)
    set_up_logs(logging.WARNING)
    logger = logging.getLogger("some.library")
    logger.info("not this one")
    try:
        raise ValueError("tg:700000001 said 0912345678")
    except ValueError:
        logger.exception("broke for %s", "tg:700000001")
    told = capsys.readouterr().err
    assert "broke for [người dùng]" in told
    assert "not this one" not in told
    assert not any(secret in told for secret in ("700000001", "0912345678"))
    if kind == "json":
        line = json.loads(told)
        assert (line["level"], line["logger"]) == ("error", "some.library")
        assert "ValueError" in line["trace"]


def test_another_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_LOG_FORMAT", "xml")
    with pytest.raises(ValueError, match=r"^MOTCUA_LOG_FORMAT=xml"):
        set_up_logs(logging.WARNING)
