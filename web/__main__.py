"""Serve the web application: ``python -m web``."""

from __future__ import annotations

import logging
import threading

import uvicorn

from desk.database import open_desk
from knowledge.library import Library
from settings import bind_address, port_of
from watching.logs import set_up_logs
from web.app import create_app


def main() -> None:
    """Serve on the address and port of the settings, without an access log (addresses are personal data)."""
    set_up_logs(logging.WARNING)
    library = Library()
    # The first look at the list takes seconds; nobody should wait for it.
    threading.Thread(target=library.catalogue, name="catalogue", daemon=True).start()
    uvicorn.run(
        create_app(library=library, open_desk=open_desk),
        host=bind_address(),
        port=port_of("web"),
        log_level="warning",
        log_config=None,  # ours, which takes people and secrets out
        access_log=False,
        server_header=False,
        ws="none",
    )


if __name__ == "__main__":
    main()
