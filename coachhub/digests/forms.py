"""Forms of the digests room."""

from __future__ import annotations

from zoneinfo import available_timezones

from wtforms import RadioField, SelectField

from coachhub.core.forms import Form, choices
from coachhub.core.words import gettext_noop, lazy_gettext

DAYS = (
    gettext_noop("Monday"),
    gettext_noop("Tuesday"),
    gettext_noop("Wednesday"),
    gettext_noop("Thursday"),
    gettext_noop("Friday"),
    gettext_noop("Saturday"),
    gettext_noop("Sunday"),
)


class DigestForm(Form):
    """When a member wants the digest."""

    cadence = RadioField(
        lazy_gettext("How often"),
        choices=choices(
            (
                ("cohort", lazy_gettext("As my coach set it")),
                ("daily", lazy_gettext("Every day")),
                ("weekly", lazy_gettext("Every week")),
                ("fortnightly", lazy_gettext("Every two weeks")),
                ("off", lazy_gettext("Not at all")),
            )
        ),
    )
    weekday = SelectField(
        lazy_gettext("On which day"),
        coerce=int,
        choices=choices((at, lazy_gettext(name)) for at, name in enumerate(DAYS)),
    )
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
