"""Settings of both Zalo products: off by default, strict, documented, and silent about secrets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from settings.zalo import bot_settings, oa_settings, public_url
from tests.conftest import ROOT

OA = {
    "MOTCUA_ZALO_APP_ID": "41", "MOTCUA_ZALO_OA_ID": "29",
    "MOTCUA_ZALO_APP_SECRET": "bi-mat-ung-dung", "MOTCUA_ZALO_OA_SECRET_KEY": "bi-mat-oa",
}  # fmt: skip


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_off_until_configured() -> None:
    assert oa_settings() is None
    assert bot_settings() is None
    assert public_url() == ""


def test_safe_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, **OA, MOTCUA_ZALOBOT_TOKEN="1:a")
    oa, bot = oa_settings(), bot_settings()
    assert oa is not None
    assert bot is not None
    assert (oa.buttons, oa.billed, oa.resend, oa.signed_id) == (False, False, False, "app_id")
    assert (bot.polling, bot.resend) == (True, False)
    assert oa.api_url.startswith("https://")
    assert bot.api_url.startswith("https://")
    assert not any(secret in repr((oa, bot)) for secret in ("bi-mat-ung-dung", "bi-mat-oa", "1:a"))


def test_a_secret_turns_polling_off(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, MOTCUA_ZALOBOT_TOKEN="1:a", MOTCUA_ZALOBOT_SECRET="du-dai-roi")
    bot = bot_settings()
    assert bot is not None
    assert not bot.polling


def test_secrets_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "var" / "secrets"
    folder.mkdir(parents=True)
    (folder / "zalo_app_secret").write_text("tu-file\n", encoding="utf-8")
    (folder / "zalo_oa_secret_key").write_text("tu-file-oa\n", encoding="utf-8")
    given(monkeypatch, MOTCUA_ZALO_APP_ID="41", MOTCUA_ZALO_OA_ID="29")
    oa = oa_settings()
    assert oa is not None
    assert (oa.app_secret, oa.oa_secret_key) == ("tu-file", "tu-file-oa")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MOTCUA_ZALO_APP_ID", "abc"), ("MOTCUA_ZALO_OA_ID", ""), ("MOTCUA_ZALO_OA_SECRET_KEY", ""),
        ("MOTCUA_ZALO_SIGNED_ID", "user_id"), ("MOTCUA_ZALO_BUTTONS", "có"), ("MOTCUA_ZALO_TEXT_LIMIT", "9000"),
        ("MOTCUA_ZALO_TEXT_LIMIT", "nhiều"), ("MOTCUA_ZALO_OLDEST_HOURS", "0.5"), ("MOTCUA_ZALO_API_URL", "zalo.me"),
        ("MOTCUA_ZALO_OPERATOR_MINUTES", "nan"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, **{**OA, name: value})
    with pytest.raises(ValueError, match=name):
        oa_settings()


def test_a_short_secret_of_the_bot_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, MOTCUA_ZALOBOT_TOKEN="1:a", MOTCUA_ZALOBOT_SECRET="ngan")
    with pytest.raises(ValueError, match="MOTCUA_ZALOBOT_SECRET"):
        bot_settings()


def test_every_setting_is_documented() -> None:
    told = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for source in ("settings/zalo.py", "settings/verifiers.py"):
        for name in set(re.findall(r"MOTCUA_[A-Z_]+[A-Z]", (ROOT / source).read_text(encoding="utf-8"))):
            assert f"`{name}`" in told, name
