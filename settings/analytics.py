"""What the environment says of the turn log."""

from __future__ import annotations

import os


def events_url() -> str:
    """``MOTCUA_EVENTS_URL``: the RabbitMQ server of a cluster (``amqp://…``), with Rasa's events; '' for none."""
    return os.environ.get("MOTCUA_EVENTS_URL") or ""


def events_queue() -> str:
    """``MOTCUA_EVENTS_QUEUE``: the queue's name, the same for Rasa and the consumer."""
    return os.environ.get("MOTCUA_EVENTS_QUEUE") or "motcua_turns"
