"""Every setting of the inbox and of Telegram is documented, and none is documented that isn't there."""

from __future__ import annotations

import re

from tests.conftest import ROOT

SOURCES = ("settings/channels.py", "settings/telegram.py", "settings/secrets.py", "settings/__init__.py")


def test_settings_and_docs_agree() -> None:
    pattern = re.compile(r"MOTCUA_(?:INBOX|TELEGRAM|BUTTON)_[A-Z_]*[A-Z]")
    code = {name for path in SOURCES for name in pattern.findall((ROOT / path).read_text(encoding="utf-8"))}
    docs = set(pattern.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
    assert code == docs
