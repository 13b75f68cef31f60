"""The running server follows the model that staff chose: it is loaded beside the one in use, then takes its place."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, Optional

from rasa.core.agent import Agent
from sanic import Blueprint

from settings import model_folder
from storage.models import chosen

logger = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds between looks at what is chosen; a look reads one small file."""


class Follower:
    """Loads what is chosen.

    Args:
        agent: the one that answers; turns that have begun end with the model they began with.
        folder: of the models.
    """

    def __init__(self, agent: Agent, folder: Path) -> None:
        self._agent = agent
        self._folder = folder
        self._refused: Optional[Path] = None

    def look(self) -> bool:
        """Load the model that is chosen where it isn't the one in use; returns whether it was.

        One that can't be loaded is left alone until another is chosen; what was in use goes on answering.
        """
        wanted = chosen(self._folder)
        if wanted is None or wanted == self._refused or wanted.name == self.loaded:
            return False
        try:
            self._agent.load_model(wanted)
        except Exception as error:  # whatever is wrong with it: a half-written file, another version
            logger.error("model %s can't be loaded: %s", wanted.name, type(error).__name__)
            self._refused = wanted
            return False
        self._refused = None
        return True

    @property
    def loaded(self) -> str:
        """The file name of the model in use; '' for none."""
        path = getattr(self._agent.processor, "model_filename", None)
        return Path(str(path)).name if path else ""


def follow_choice(blueprint: Blueprint) -> None:
    """Have the server of a blueprint follow the choice from start to stop."""

    @blueprint.listener("after_server_start")
    async def up(app: Any, _loop: Any) -> None:
        app.ctx.following = asyncio.create_task(_run(app))

    @blueprint.listener("before_server_stop")
    async def down(app: Any, _loop: Any) -> None:
        app.ctx.following.cancel()
        await asyncio.gather(app.ctx.following, return_exceptions=True)


async def _run(app: Any) -> None:
    follower: Optional[Follower] = None
    while True:
        agent = getattr(app.ctx, "agent", None)
        if follower is None and agent is not None:
            follower = Follower(agent, model_folder())
        if follower is not None:
            # Loading takes seconds: turns go on meanwhile.
            await asyncio.to_thread(follower.look)
        await asyncio.sleep(LOOK_EVERY)
