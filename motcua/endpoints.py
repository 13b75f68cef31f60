"""Rasa's endpoints as the settings have them: the laptop's of endpoints.yml, or a cluster's.

This is the one place that decides between them. With ``MOTCUA_REDIS_URL`` conversations are locked in Redis, so that
several Rasa processes serve the same people; with ``MOTCUA_EVENTS_URL`` turns go through RabbitMQ.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from settings import VAR, port_of
from settings.analytics import events_queue, events_url
from settings.cluster import actions_url, redis_url

SHARED_LOCK_SECONDS = 20
"""How long a ticket in Redis counts. One of a process that was killed blocks its conversation for as long, so it is
below the 25 seconds after which the channel gives a turn up; within a process the channels let a person's turns
follow each other before Rasa's lock is asked."""
_REDIS_PORT, _REDIS_DATABASE = 6379, 1
_RABBITMQ_PORTS = {"amqp": 5672, "amqps": 5671}


def endpoints() -> dict[str, Any]:
    """endpoints.yml with what the settings change in it.

    Raises:
        ValueError: a setting can't be read; the text, in Vietnamese, names it and quotes no password.
    """
    found: dict[str, Any] = yaml.safe_load(Path("endpoints.yml").read_text(encoding="utf-8"))
    found["action_endpoint"]["url"] = actions_url()
    if redis := redis_url():
        found["lock_store"] = _lock_store(redis)
    if events := events_url():
        found["event_broker"] = _event_broker(events)
    return found


def write_endpoints() -> Path:
    """Write them where Rasa reads them; only the owner can, since they may hold passwords."""
    # Several Rasa processes of one checkout, on ports of their own, don't take each other's file.
    target = VAR / "run" / f"endpoints-{port_of('rasa')}.yml"
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        yaml.safe_dump(endpoints(), handle, allow_unicode=True)
    fresh.replace(target)
    return target


def lock_environment() -> dict[str, str]:
    """What Rasa's lock has to be told where it is shared; what the caller set stays."""
    if not redis_url():
        return {}
    return {"TICKET_LOCK_LIFETIME": os.environ.get("TICKET_LOCK_LIFETIME") or str(SHARED_LOCK_SECONDS)}


def _lock_store(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    database = parts.path.strip("/")
    if not parts.hostname or not (database.isdecimal() or not database):
        raise ValueError("MOTCUA_REDIS_URL phải có dạng redis://:mật-khẩu@máy:6379/1.")
    found: dict[str, Any] = {
        "type": "redis",
        # Rasa takes the host from here.
        "url": parts.hostname,
        "port": _port(url, "MOTCUA_REDIS_URL") or _REDIS_PORT,
        "db": int(database or _REDIS_DATABASE),
        "key_prefix": "motcua",
        "use_ssl": parts.scheme == "rediss",
    }
    if parts.username:
        found["username"] = unquote(parts.username)
    if parts.password:
        found["password"] = unquote(parts.password)
    return found


def _event_broker(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in _RABBITMQ_PORTS or not (parts.hostname and parts.username and parts.password):
        raise ValueError("MOTCUA_EVENTS_URL phải có dạng amqp://tên:mật-khẩu@máy:5672/.")
    port = _port(url, "MOTCUA_EVENTS_URL") or _RABBITMQ_PORTS[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return {
        "type": "pika",
        # Rasa looks for 'user:password' in the address as it is written, and adds it where it isn't found.
        "url": f"{parts.scheme}://{parts.username}:{parts.password}@{host}:{port}{parts.path}",
        "username": parts.username,
        "password": parts.password,
        "port": port,
        "queues": [events_queue()],
    }


def _port(url: str, variable: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        raise ValueError(f"{variable} có số cổng không đọc được.") from None
