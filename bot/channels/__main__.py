"""Serve the messaging channels: ``python -m bot.channels``. Neither Rasa nor TensorFlow is loaded here."""

from __future__ import annotations

import logging

import uvicorn

from bot.channels.server import configured_doors, create_app
from settings import bind_address, port_of
from watching.logs import set_up_logs


def main() -> None:
    """Serve on the address and port of the settings, without an access log."""
    set_up_logs(logging.WARNING)
    uvicorn.run(
        create_app(configured_doors()),
        host=bind_address(),
        port=port_of("channels"),
        log_level="warning",
        log_config=None,  # ours, which takes people and secrets out
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
        backlog=4096,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
