"""Serve the web application: ``python -m web``."""

from __future__ import annotations

import uvicorn

from settings import bind_address, port_of
from web.app import create_app


def main() -> None:
    """Serve on the address and port of the settings, without an access log (addresses are personal data)."""
    uvicorn.run(
        create_app(),
        host=bind_address(),
        port=port_of("web"),
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
    )


if __name__ == "__main__":
    main()
