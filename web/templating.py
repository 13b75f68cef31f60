"""The templates, with what all of them use."""

from __future__ import annotations

from pathlib import Path

from starlette.templating import Jinja2Templates

from knowledge.wording import dated, day

templates = Jinja2Templates(Path(__file__).parent / "templates")
templates.env.filters["day"] = day
templates.env.filters["dated"] = dated
