"""What goes on beside the turns: notices to followers, conversations that time ends. In a thread of its own."""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy.engine import Engine

from actions.notices import Notices
from desk.database import Desk
from desk.upkeep import purge, tidy
from settings.desk import DeskSettings

logger = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two rounds."""
PURGE_EVERY = 3600.0


class Upkeep:
    """Rounds over the desk; any number of action servers may go them at the same time.

    Args:
        desk: the staff's desk.
        engine: the knowledge base.
        settings: of the desk.
    """

    def __init__(self, desk: Desk, engine: Engine, settings: DeskSettings) -> None:
        self._desk = desk
        self._settings = settings
        self._notices = Notices(desk, engine, settings.quiet)
        self._purged = -PURGE_EVERY
        self._stopped = threading.Event()

    def round(self) -> None:
        """Go round once; whatever breaks is tried again the next time. No text of an error reaches the log."""
        for step in (self._tidy, self._notices.tell, self._purge):
            try:
                step()
            except Exception as error:
                logger.error("upkeep of the desk broke: %s", type(error).__name__)

    def start(self) -> None:
        """Go round until the process ends or ``stop``."""
        threading.Thread(target=self._run, name="desk-upkeep", daemon=True).start()

    def stop(self) -> None:
        """Go round no more."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(EVERY):
            self.round()

    def _tidy(self) -> int:
        return tidy(self._desk, self._settings)

    def _purge(self) -> int:
        if time.monotonic() - self._purged < PURGE_EVERY:
            return 0
        self._purged = time.monotonic()
        return purge(self._desk, self._settings)
