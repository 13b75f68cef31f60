"""Serve Rasa with our channels: ``python -m bot MODEL [ENDPOINTS]``.

The same server as ``rasa run``, without the rest of Rasa's command line: a few
seconds sooner. Rasa's HTTP API stays off; it has no authentication.
"""

from __future__ import annotations

import logging
import sys

import rasa.core.run
from rasa.core.utils import AvailableEndpoints

from bot.quiet_logs import keep_quiet
from settings import bind_address, port_of
from watching.logs import set_up_logs


def main() -> None:
    """Serve until stopped."""
    set_up_logs(logging.WARNING)
    keep_quiet()
    model = sys.argv[1]
    endpoints = sys.argv[2] if len(sys.argv) > 2 else "endpoints.yml"
    rasa.core.run.serve_application(
        model,
        interface=bind_address(),
        port=port_of("rasa"),
        credentials="credentials.yml",
        endpoints=AvailableEndpoints.read_endpoints(endpoints),
        enable_api=False,
    )


if __name__ == "__main__":
    main()
