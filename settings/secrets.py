"""Secrets: from the environment, or from a file that only its owner may read. No secret has a default."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from settings import VAR

SHORTEST = 24
"""Characters below which a secret from the environment is refused."""
OURS = {
    "MOTCUA_CHANNEL_SECRET": "channel",
    "MOTCUA_SESSION_SECRET": "session",
    "MOTCUA_BUTTON_SECRET": "buttons",
    "MOTCUA_TELEGRAM_SECRET": "telegram_webhook",
    "MOTCUA_PSEUDONYM_SECRET": "pseudonyms",
}
"""Secrets that this house makes for itself, with their files in ``var/secrets``."""
_ADDRESSES = (
    "MOTCUA_DATABASE_URL",
    "MOTCUA_TRACKER_URL",
    "MOTCUA_INBOX_URL",
    "MOTCUA_REDIS_URL",
    "MOTCUA_EVENTS_URL",
)
_PLACEHOLDER = re.compile(r"change.?me|replace.?me|placeholder|thay.?(?:toi|doi|gia.?tri)", re.IGNORECASE)


def channel_secret() -> str:
    """What the web page shows to the Rasa server: ``MOTCUA_CHANNEL_SECRET``.

    Raises:
        ValueError: the variable is set to something too short.
    """
    return _secret("MOTCUA_CHANNEL_SECRET", "channel")


def session_secret() -> str:
    """What signs the web page's sessions: ``MOTCUA_SESSION_SECRET``.

    Raises:
        ValueError: the variable is set to something too short.
    """
    return _secret("MOTCUA_SESSION_SECRET", "session")


def button_secret() -> str:
    """What makes the tokens of buttons: ``MOTCUA_BUTTON_SECRET``.

    Raises:
        ValueError: the variable is set to something too short.
    """
    return _secret("MOTCUA_BUTTON_SECRET", "buttons")


def telegram_webhook_secret() -> str:
    """What Telegram shows when it calls: ``MOTCUA_TELEGRAM_SECRET``.

    Raises:
        ValueError: the variable is set to something too short.
    """
    return _secret("MOTCUA_TELEGRAM_SECRET", "telegram_webhook")


def pseudonym_secret() -> str:
    """What makes the pseudonyms of people in figures: ``MOTCUA_PSEUDONYM_SECRET``.

    Raises:
        ValueError: the variable is set to something too short.
    """
    return _secret("MOTCUA_PSEUDONYM_SECRET", "pseudonyms")


def given_secret(variable: str, name: str) -> str:
    """A secret that somebody else makes, such as a platform's token; '' where there is none.

    Args:
        variable: the environment variable, which wins.
        name: of the file in ``var/secrets`` that an administrator may use instead.
    """
    given = os.environ.get(variable, "").strip()
    if given:
        return given
    try:
        return (VAR / "secrets" / name).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def check_given() -> None:
    """See that nothing that was given is a default: secrets, and passwords in addresses. Nothing is made.

    Raises:
        ValueError: something is too short or a placeholder; the text, in Vietnamese, names it without telling it.
    """
    for variable, name in OURS.items():
        if given := given_secret(variable, name):
            _check(given, variable)
    for variable in _ADDRESSES:
        try:
            password = urlsplit(os.environ.get(variable, "")).password or ""
        except ValueError:  # whoever opens it says what is wrong with it
            continue
        if password == "PASSWORD" or _PLACEHOLDER.search(password):
            raise ValueError(f"Mật khẩu trong {variable} còn là giá trị mẫu. Hãy đặt mật khẩu thật.")


def _secret(variable: str, name: str) -> str:
    given = os.environ.get(variable, "")
    found = given or _from_file(VAR / "secrets" / name)
    _check(found, variable)
    return found


def _check(secret: str, variable: str) -> None:
    if len(secret) < SHORTEST:
        raise ValueError(f"{variable} (hoặc file của nó trong var/secrets) phải có ít nhất {SHORTEST} ký tự.")
    if _PLACEHOLDER.search(secret):
        raise ValueError(
            f"{variable} (hoặc file của nó trong var/secrets) còn là giá trị mẫu. Hãy đặt một chuỗi ngẫu nhiên,"
            " ví dụ: openssl rand -base64 32."
        )


def _from_file(path: Path) -> str:
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
