"""The files with which a platform checks that a domain is ours: put by an administrator, served as they are."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Optional

from settings import VAR

_NAME = re.compile(r"zalo_verifier[A-Za-z0-9_-]{1,100}\.html")
_LARGEST = 10_000


def verifier_folder() -> Path:
    """``MOTCUA_VERIFIERS``: the folder; ``var/verify`` by default."""
    return Path(os.environ.get("MOTCUA_VERIFIERS") or VAR / "verify")


def read_verifier(name: str) -> Optional[str]:
    """The content of a file by its name in the address; None for any other name, and where it isn't there."""
    if not _NAME.fullmatch(name):
        return None
    path = verifier_folder() / name
    try:
        with path.open(encoding="utf-8") as handle:
            return handle.read(_LARGEST)
    except (OSError, UnicodeDecodeError):
        return None


def verifiers() -> list[str]:
    """Names of the files that are there."""
    folder = verifier_folder()
    return sorted(path.name for path in folder.glob("zalo_verifier*.html") if _NAME.fullmatch(path.name))
