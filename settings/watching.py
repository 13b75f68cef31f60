"""What the environment says of figures and logs."""

from __future__ import annotations

import os

from settings.secrets import SHORTEST, given_secret


def metrics_token() -> str:
    """``MOTCUA_METRICS_TOKEN`` or ``var/secrets/metrics_token``: what Prometheus shows; '' for this machine alone.

    Raises:
        ValueError: it is too short.
    """
    token = given_secret("MOTCUA_METRICS_TOKEN", "metrics_token")
    if token and len(token) < SHORTEST:
        raise ValueError(f"MOTCUA_METRICS_TOKEN phải có ít nhất {SHORTEST} ký tự.")
    return token


def json_logs() -> bool:
    """``MOTCUA_LOG_FORMAT``: 'json' for one object a line, 'text' by default.

    Raises:
        ValueError: it is neither; the text, in Vietnamese, names it.
    """
    given = os.environ.get("MOTCUA_LOG_FORMAT") or "text"
    if given not in ("text", "json"):
        raise ValueError(f"MOTCUA_LOG_FORMAT={given} phải là text hoặc json.")
    return given == "json"
