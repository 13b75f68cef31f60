"""The secret between the web application and the Rasa server."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE = Path("var/secrets/channel")
SHORTEST = 24


def channel_secret() -> str:
    """``MOTCUA_CHANNEL_SECRET``, or the secrets file, made on first use and readable by its owner only.

    Raises:
        ValueError: the variable is set to something shorter than 24 characters.
    """
    given = os.environ.get("MOTCUA_CHANNEL_SECRET", "")
    if given:
        if len(given) < SHORTEST:
            raise ValueError("MOTCUA_CHANNEL_SECRET must have at least 24 characters")
        return given
    return file_secret(FILE)


def file_secret(path: Path) -> str:
    """Read a secret from a file, making it where it isn't there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(32))
        # Only the first of several processes wins; the others read its secret.
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()
