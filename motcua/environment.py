"""What every process of ours is started with."""

from __future__ import annotations

import os

from vietnamese.embedding import tune_threads

_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SQLALCHEMY_WARN_20": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # Rasa prints users' messages at debug level, and colours a log nobody sees.
    "LOG_LEVEL": "WARNING",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    # Rasa's lock expires under a long burst otherwise (seconds).
    "TICKET_LOCK_LIFETIME": "300",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    "NO_COLOR": "1",
}


def child_environment() -> dict[str, str]:
    """The environment for Rasa, the action server and the web page; what the caller set stays."""
    tune_threads()
    return {**_QUIET, **os.environ}


def service_environment() -> dict[str, str]:
    """The environment for what runs beside each other under the supervisor.

    One thread for each: a query's vector is made of many small parallel loops, and with two
    threads each waits for the other core, where the next process is at work. On two cores a
    turn took 68 ms with one thread and 113 ms with two.
    """
    return {**child_environment(), "OMP_NUM_THREADS": "1"}


def prepare() -> None:
    """The same for this process; call it before anything heavy is imported."""
    os.environ.update(child_environment())
