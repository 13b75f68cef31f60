"""Serve the actions: ``python -m actions``, on this machine only unless ``MOTCUA_BIND`` says otherwise."""

from __future__ import annotations

import logging
import sys

from rasa_sdk.endpoint import create_app

from actions.actions import dialogue
from actions.upkeep import Upkeep
from desk.database import open_desk
from knowledge.database import open_engine
from knowledge.errors import MotCuaError
from settings import bind_address, port_of
from settings.desk import desk_settings


def main() -> None:
    """Warm up, then serve: the first user doesn't wait for the index."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("sanic.access").setLevel(logging.WARNING)
    port = port_of("actions")
    try:
        dialogue().follow()
        upkeep = Upkeep(open_desk(), open_engine(), desk_settings())
    except MotCuaError as error:
        sys.exit(str(error))
    app = create_app("actions", cors_origins=[])
    upkeep.start()
    app.run(host=bind_address(), port=port, workers=1, access_log=False)


if __name__ == "__main__":
    main()
