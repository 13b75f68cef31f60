"""What tests of both Zalo products share."""

from __future__ import annotations

import os

MUTATIONS = int(os.environ.get("MUTATIONS") or 150)
"""Spoilt payloads that are posted; the proof of the docs is run with 5000."""
