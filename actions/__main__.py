"""Serve the actions: ``python -m actions [PORT]``, on this machine only unless ``MOTCUA_BIND`` says otherwise."""

from __future__ import annotations

import logging
import os
import sys

from rasa_sdk.endpoint import create_app

from actions.actions import dialogue
from knowledge.errors import MotCuaError


def main() -> None:
    """Warm up, then serve: the first user doesn't wait for the index."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("sanic.access").setLevel(logging.WARNING)
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 5055
    try:
        dialogue()
    except MotCuaError as error:
        sys.exit(str(error))
    app = create_app("actions", cors_origins=[])
    app.run(host=os.environ.get("MOTCUA_BIND", "127.0.0.1"), port=port, workers=1, access_log=False)


if __name__ == "__main__":
    main()
