"""The templates, with what all of them use."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from starlette.templating import Jinja2Templates

from knowledge.wording import dated, day
from settings import VIETNAM
from web.charts import number


def moment(at: dt.datetime) -> str:
    """A time that a table keeps in UTC, as people in Vietnam say it: 24/11/2026, 9:05."""
    local = at.replace(tzinfo=dt.timezone.utc).astimezone(VIETNAM)
    return f"{day(local.date())}, {local.hour}:{local.minute:02}"


templates = Jinja2Templates(Path(__file__).parent / "templates")
templates.env.filters["day"] = day
templates.env.filters["dated"] = dated
templates.env.filters["moment"] = moment
templates.env.filters["amount"] = number
