"""A new member of the staff adds a procedure by form and by Excel, publishes, and gets both in the chat."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.whole.conftest import Stack, house_environment
from tests.whole.staff_walk import NAME, chromium, walk

PROMISED = 300
"""Seconds; a person types and reads besides, so the walk itself takes a small part of them."""


def test_a_newcomer_publishes_by_form_and_by_excel_and_gets_it_in_the_chat(stack: Stack, tmp_path: Path) -> None:
    added = subprocess.run(
        [sys.executable, "-m", "motcua.cli", "user", "add", NAME, "--role", "reviewer", "--link"],
        cwd=stack.house, env=house_environment(), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    (invitation,) = re.findall(r"/quan-tri/bat-dau/\S+", added.stdout)
    driver = chromium("--window-size=1200,900")
    try:
        made = walk(driver, stack.url, invitation, tmp_path)
    finally:
        driver.quit()
    assert max(made.times.values()) < PROMISED / 3, made.times
