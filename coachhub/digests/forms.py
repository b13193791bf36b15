"""Forms of the digests room."""

from __future__ import annotations

from zoneinfo import available_timezones

from wtforms import RadioField, SelectField

from coachhub.core.forms import Form, choices
from coachhub.core.words import lazy_gettext

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class DigestForm(Form):
    """When a member wants the digest."""

    cadence = RadioField(
        lazy_gettext("How often"),
        choices=choices(
            (
                ("cohort", "As my coach set it"),
                ("daily", "Every day"),
                ("weekly", "Every week"),
                ("fortnightly", "Every two weeks"),
                ("off", "Not at all"),
            )
        ),
    )
    weekday = SelectField(lazy_gettext("On"), coerce=int, choices=choices(enumerate(DAYS)))
    hour = SelectField(
        lazy_gettext("At"),
        coerce=int,
        choices=choices((hour, f"{hour:02}:00") for hour in range(24)),
    )
    timezone = SelectField(lazy_gettext("Time zone"))

    def __init__(self, **kwargs: object) -> None:
        """Offer every zone there is."""
        super().__init__(**kwargs)
        self.timezone.choices = choices(
            (zone, zone) for zone in sorted(available_timezones()) if "/" in zone
        )
