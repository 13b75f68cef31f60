"""What the environment says of a cluster: where the other parts are, and what its Rasa processes share."""

from __future__ import annotations

import os

from settings import port_of


def actions_url() -> str:
    """``MOTCUA_ACTIONS_URL``: the action server as Rasa reaches it, with its path; on this machine by default.

    Raises:
        ValueError: the variable isn't an address; the text, in Vietnamese, names it.
    """
    given = os.environ.get("MOTCUA_ACTIONS_URL") or f"http://127.0.0.1:{port_of('actions')}/webhook"
    if not given.startswith(("http://", "https://")):
        raise ValueError("MOTCUA_ACTIONS_URL phải bắt đầu bằng http:// hoặc https://.")
    return given


def redis_url() -> str:
    """``MOTCUA_REDIS_URL``: the Redis server in which several Rasa processes keep their locks; '' for none.

    Raises:
        ValueError: the variable isn't an address; the text, in Vietnamese, names it and quotes no password.
    """
    given = os.environ.get("MOTCUA_REDIS_URL") or ""
    if given and not given.startswith(("redis://", "rediss://")):
        raise ValueError("MOTCUA_REDIS_URL phải bắt đầu bằng redis:// hoặc rediss://.")
    return given
