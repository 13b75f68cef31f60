from sqlalchemy.util import deprecations

# rasa's tracker store is written for SQLAlchemy 1.4, and one of rasa's imports overrules pytest's filters.
deprecations.SILENCE_UBER_WARNING = True  # type: ignore[attr-defined]
