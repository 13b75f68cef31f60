"""Serve the actions: ``python -m actions``, on this machine only unless ``MOTCUA_BIND`` says otherwise."""

from __future__ import annotations

import logging
import sys

from rasa_sdk.endpoint import create_app

from actions.actions import dialogue
from actions.figures import watch
from actions.upkeep import Upkeep
from desk.database import open_desk
from knowledge.database import open_engine
from knowledge.errors import MotCuaError
from settings import bind_address, port_of
from settings.desk import desk_settings
from watching.logs import set_up_logs


def main() -> None:
    """Warm up, then serve: the first user doesn't wait for the index."""
    set_up_logs(logging.INFO)
    logging.getLogger("sanic.access").setLevel(logging.WARNING)
    port = port_of("actions")
    try:
        dialogue().follow()
        upkeep = Upkeep(open_desk(), open_engine(), desk_settings())
    except MotCuaError as error:
        sys.exit(str(error))
    app = create_app("actions", cors_origins=[])
    watch(app, dialogue().knowledge)
    upkeep.start()
    app.run(host=bind_address(), port=port, workers=1, access_log=False)


if __name__ == "__main__":
    main()
