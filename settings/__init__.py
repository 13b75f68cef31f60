"""What the environment says: addresses, ports, secrets. Every package may import it; it imports none of them."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Optional
from zoneinfo import ZoneInfo

VAR = Path("var")
"""Where a checkout keeps its database, secrets, logs and model state."""
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> dt.date:
    """``MOTCUA_TODAY``: the day for which fees and times are told; today in Vietnam by default.

    Raises:
        ValueError: the variable isn't a day such as 2027-01-01; the text, in Vietnamese, names it.
    """
    given = os.environ.get("MOTCUA_TODAY")
    if not given:
        return dt.datetime.now(VIETNAM).date()
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise ValueError(f"MOTCUA_TODAY={given} không phải ngày (viết như 2027-01-01).") from None


def public_url() -> Optional[str]:
    """``MOTCUA_PUBLIC_URL``: where people reach the web page, without a slash at the end; None where it isn't told.

    Raises:
        ValueError: the variable isn't an address; the text, in Vietnamese, names it.
    """
    given = (os.environ.get("MOTCUA_PUBLIC_URL") or "").rstrip("/")
    if given and not given.startswith(("https://", "http://")):
        raise ValueError(f"MOTCUA_PUBLIC_URL={given} phải bắt đầu bằng https:// hoặc http://.")
    return given or None


def database_url() -> str:
    """``MOTCUA_DATABASE_URL``: any SQLAlchemy address; the SQLite file of this checkout by default."""
    return os.environ.get("MOTCUA_DATABASE_URL") or f"sqlite:///{VAR}/motcua.db"


def tracker_url() -> str:
    """``MOTCUA_TRACKER_URL``: where Rasa keeps conversations; an SQLite file of this checkout by default."""
    return os.environ.get("MOTCUA_TRACKER_URL") or f"sqlite:///{VAR}/conversations.db"


def inbox_url() -> str:
    """``MOTCUA_INBOX_URL``: where messages of Telegram and Zalo are kept until they are answered.

    By default the database of ``MOTCUA_DATABASE_URL`` where that is a server;
    beside SQLite a file of its own, so that an import never makes a message wait.
    """
    given, shared = os.environ.get("MOTCUA_INBOX_URL"), database_url()
    if given:
        return given
    return f"sqlite:///{VAR}/inbox.db" if shared.startswith("sqlite") else shared


def bind_address() -> str:
    """``MOTCUA_BIND``: the address that servers listen on; this machine only by default."""
    return os.environ.get("MOTCUA_BIND") or "127.0.0.1"


def port_of(name: str) -> int:
    """The port of 'web', 'rasa', 'actions' or 'channels'.

    ``MOTCUA_WEB_PORT`` (8000), ``MOTCUA_RASA_PORT`` (5005), ``MOTCUA_ACTIONS_PORT`` (5055),
    ``MOTCUA_CHANNELS_PORT`` (5010).

    Raises:
        ValueError: the variable isn't a port number; the text, in Vietnamese, names it.
    """
    variable = f"MOTCUA_{name.upper()}_PORT"
    ports = {"web": "8000", "rasa": "5005", "actions": "5055", "channels": "5010"}
    given = os.environ.get(variable) or ports[name]
    if not given.isdecimal() or not 0 < int(given) < 65_536:
        raise ValueError(f"{variable}={given} không phải số cổng (1 đến 65535).")
    return int(given)


def rasa_url() -> str:
    """``MOTCUA_RASA_URL``: the Rasa server as the web page and the evaluation reach it."""
    return os.environ.get("MOTCUA_RASA_URL") or f"http://127.0.0.1:{port_of('rasa')}"


def channels_url() -> str:
    """``MOTCUA_CHANNELS_URL``: the process of the messaging channels, as those who look after it reach it."""
    return os.environ.get("MOTCUA_CHANNELS_URL") or f"http://127.0.0.1:{port_of('channels')}"


def model_folder() -> Path:
    """``MOTCUA_MODELS``: the folder of trained models."""
    return Path(os.environ.get("MOTCUA_MODELS") or "models")


def evaluation_file() -> Optional[Path]:
    """``MOTCUA_EVALUATION_FILE``: questions with their right procedures, one JSON object a line; none by default."""
    given = os.environ.get("MOTCUA_EVALUATION_FILE")
    return Path(given) if given else None


def link_hosts() -> tuple[str, ...]:
    """``MOTCUA_LINK_HOSTS``: hosts whose links in the records may be tried; none by default."""
    given = (os.environ.get("MOTCUA_LINK_HOSTS") or "").replace(",", " ").split()
    return tuple(name.strip(".").lower() for name in given)
