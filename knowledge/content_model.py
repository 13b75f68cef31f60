"""Old name of ``knowledge.layer`` while content is being written."""

from knowledge.layer import *  # noqa: F403
