"""Forms of the round studio."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from coachhub.core.forms import Form
from coachhub.core.words import lazy_gettext
from coachhub.introductions.models import ASSETS
from coachhub.introductions.rounds.market import RoundSettings
from coachhub.introductions.rounds.operations import LONGEST_CHAIN, MOST_TURNS

_TURNS = NumberRange(0, MOST_TURNS, lazy_gettext("From 0 to %(most)s.", most=MOST_TURNS))
_COUNTS = [
    SelectChoice("0.5", lazy_gettext("Less")),
    SelectChoice("1", lazy_gettext("As usual")),
    SelectChoice("1.5", lazy_gettext("More")),
]


def choices(members: Mapping[UUID, str]) -> list[SelectChoice]:
    """Return members as choices."""
    return [SelectChoice(str(one), name) for one, name in members.items()]


class RulesForm(Form):
    """The rules of a round."""

    max_ring = RadioField(
        lazy_gettext("Longest ring"),
        [InputRequired(lazy_gettext("Please pick one."))],
        choices=[
            SelectChoice("2", lazy_gettext("Swaps")),
            SelectChoice("3", lazy_gettext("Rings of 3")),
            SelectChoice("4", lazy_gettext("Rings of 4")),
        ],
    )
    max_chain = IntegerField(
        lazy_gettext("Longest chain"),
        [
            InputRequired(lazy_gettext("How long may a chain be? 0 for none.")),
            NumberRange(0, LONGEST_CHAIN, lazy_gettext("From 0 to %(most)s.", most=LONGEST_CHAIN)),
        ],
        description=lazy_gettext(
            "A gift passed on by people who give without return. 0 means no chains."
        ),
    )
    give_cap = IntegerField(
        lazy_gettext("Each gives at most"),
        [InputRequired(lazy_gettext("A number is due.")), _TURNS],
    )
    receive_cap = IntegerField(
        lazy_gettext("Each receives at most"),
        [InputRequired(lazy_gettext("A number is due.")), _TURNS],
    )
    starters = SelectMultipleField(
        lazy_gettext("Who gives without return"),
        description=lazy_gettext("Coaches, and members who have landed, do so anyway."),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    door = SelectField(lazy_gettext("Doors"), choices=_COUNTS)
    insider = SelectField(lazy_gettext("Inside knowledge"), choices=_COUNTS)
    offer = SelectField(lazy_gettext("Offers"), choices=_COUNTS)
    lead = SelectField(lazy_gettext("Leads"), choices=_COUNTS)
    buddy = SelectField(lazy_gettext("Search buddies"), choices=_COUNTS)

    def offer_starters(self, members: Mapping[UUID, str]) -> None:
        """Name the members who may be chosen as starters."""
        self.starters.choices = choices(members)

    @classmethod
    def filled(cls, settings: RoundSettings) -> RulesForm:
        """Return the form with the settings of a round in it."""
        weights = {asset: f"{settings.weights.get(asset, 1.0):g}" for asset in ASSETS}
        made: RulesForm = cls(
            max_ring=str(settings.max_ring),
            max_chain=settings.max_chain,
            give_cap=settings.give_cap,
            receive_cap=settings.receive_cap,
            starters=[str(one) for one in settings.starters],
            **weights,
        )
        return made

    def settings(self) -> RoundSettings:
        """Return what was chosen."""
        weights = {asset: float(getattr(self, asset).data) for asset in ASSETS}
        return RoundSettings(
            max_ring=int(self.max_ring.data),
            max_chain=self.max_chain.data or 0,
            give_cap=self.give_cap.data or 0,
            receive_cap=self.receive_cap.data or 0,
            starters=frozenset(UUID(one) for one in self.starters.data or ()),
            weights={asset: weight for asset, weight in weights.items() if weight != 1.0},
        )


class ReleaseForm(Form):
    """How a round is released."""

    at_once = BooleanField(
        lazy_gettext("Write to them now"),
        description=lazy_gettext("Without the ten minutes in which you could still take it back."),
    )


class AllianceForm(Form):
    """Whether cohorts of the firm exchange with each other."""

    alliances = RadioField(
        lazy_gettext("Rounds across cohorts"),
        [InputRequired(lazy_gettext("Please pick one."))],
        choices=[
            SelectChoice("off", lazy_gettext("Off: each cohort keeps to itself")),
            SelectChoice(
                "unnamed",
                lazy_gettext("On; coaches do not see the names of another cohort's members"),
            ),
            SelectChoice(
                "named", lazy_gettext("On; coaches see the names of another cohort's members")
            ),
        ],
        description=lazy_gettext(
            "Whoever is asked for an introduction always reads for whom, as in their own"
            " cohort, and says yes or no as ever."
        ),
    )


class CapsForm(Form):
    """How often one member gives and receives in this round."""

    member = SelectField(lazy_gettext("Member"))
    give = IntegerField(
        lazy_gettext("Gives at most"), [InputRequired(lazy_gettext("A number is due.")), _TURNS]
    )
    receive = IntegerField(
        lazy_gettext("Receives at most"), [InputRequired(lazy_gettext("A number is due.")), _TURNS]
    )
