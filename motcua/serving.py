"""``motcua serve PART``: one process of ours alone, for systemd, containers and clusters.

The supervisor of ``motcua run`` starts the same processes beside each other. Here something else watches them, so this
process becomes the one that serves: signals reach it, and its end is seen.
"""

from __future__ import annotations

import os
import sys
from enum import Enum

from motcua.endpoints import lock_environment, write_endpoints
from motcua.environment import service_environment
from motcua.supervisor import check_ports, find_model
from settings.secrets import check_given


class Part(str, Enum):
    """What can be served by itself."""

    RASA = "rasa"
    ACTIONS = "actions"
    WEB = "web"
    CHANNELS = "channels"


def command_of(part: Part) -> list[str]:
    """The command that serves a part.

    Raises:
        ModelMissing: Rasa has no model to serve.
        ValueError: a setting can't be read.
    """
    if part is Part.RASA:
        return [sys.executable, "-m", "bot", str(find_model()), str(write_endpoints())]
    return [sys.executable, "-m", "bot.channels" if part is Part.CHANNELS else part.value]


def serve(part: Part) -> None:
    """Become the process that serves a part; returns only by an error.

    Raises:
        PortTaken: its port isn't free.
        ModelMissing: Rasa has no model to serve.
        ValueError: a setting can't be read, or a secret is a default.
    """
    check_given()
    check_ports((part.value,))
    command = command_of(part)
    os.execve(command[0], command, {**service_environment(), **lock_environment()})
