"""Forms of the first visit, one for each step."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FieldList, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from coachhub.board.drafting import MOST, Told, lines
from coachhub.board.kinds import offer_kinds
from coachhub.board.operations import OfferDraft
from coachhub.board.visit import Seeks
from coachhub.companies.identities import LONGEST
from coachhub.core.forms import Form, WordsField, choices
from coachhub.core.words import lazy_gettext as _
from coachhub.moderation.guarding.details import covered
from coachhub.moderation.guards import SharedForm

_LINES = 1200


def _company(label: str) -> StringField:
    return StringField(label, [Length(max=LONGEST)])


class SeekForm(SharedForm):
    """What somebody looks for, and where. `zone` is the browser's time zone, if it says so."""

    read_as = "profile"
    guarded = ("titles", "fields", "places", "companies")

    titles = WordsField(_("Which roles are you looking for?"))
    fields = WordsField(_("In which fields?"))
    places = WordsField(_("In which places?"))
    companies = FieldList(_company(_("Company")), min_entries=5, max_entries=5)
    zone = HiddenField()

    def seeks(self) -> Seeks:
        """Return what was typed."""
        return Seeks(
            tuple(self.titles.data or ()),
            tuple(self.fields.data or ()),
            tuple(self.places.data or ()),
            tuple(self.companies.data or ()),
        )


class GiveForm(Form):
    """What somebody has to give: each line becomes an offer that they look over before it goes."""

    worked = FieldList(_company(_("Employer")), min_entries=4, max_entries=4)
    worked_as = FieldList(
        StringField(_("What you did there, until when"), [Length(max=80)]),
        min_entries=4,
        max_entries=4,
    )
    knows = TextAreaField(
        _("Whom do you know?"),
        [Length(max=_LINES)],
        description=_("One a line, without a name: what they do, and where."),
    )
    reads = TextAreaField(
        _("What do you read?"),
        [Length(max=_LINES)],
        description=_("Trade papers, reports, newsletters: others in your field may not."),
    )
    makes = TextAreaField(
        _("What do you make?"),
        [Length(max=_LINES)],
        description=_("Templates, bread, playlists, a bulletin of your own."),
    )
    can = TextAreaField(
        _("What do you know how to do?"),
        [Length(max=_LINES)],
        description=_("What could you do for somebody, or show them, in half an hour?"),
    )

    def told(self) -> Told:
        """Return what was typed."""
        roles = list(self.worked_as.data or ())
        worked = [
            (company, roles[number] if number < len(roles) else "")
            for number, company in enumerate(self.worked.data or ())
        ]
        return Told(
            worked=tuple((company, role or "") for company, role in worked if company),
            knows=lines(self.knows.data or ""),
            reads=lines(self.reads.data or ""),
            makes=lines(self.makes.data or ""),
            can=lines(self.can.data or ""),
        )


class OffersForm(SharedForm):
    """The drafted offers, side by side in lists of the same length; `keep` says which to post."""

    read_as = "offer"
    guarded = ("titles", "companies", "bodies")

    keep = FieldList(BooleanField(_("Put this on the board")), max_entries=MOST)
    kinds = FieldList(SelectField(_("Kind"), validate_choice=False), max_entries=MOST)
    titles = FieldList(StringField(_("In one sentence"), [Length(max=160)]), max_entries=MOST)
    companies = FieldList(_company(_("Company")), max_entries=MOST)
    bodies = FieldList(TextAreaField(_("More, if it helps"), [Length(max=2000)]), max_entries=MOST)
    fields = FieldList(HiddenField(validators=[Length(max=80)]), max_entries=MOST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every kind in each select."""
        super().__init__(*args, **kwargs)
        kinds = choices([(kind.key, kind.label) for kind in offer_kinds().values()])
        for entry in self.kinds:
            entry.choices = kinds

    @classmethod
    def of(cls, drafts: list[OfferDraft]) -> OffersForm:
        """Return the form with drafts in its fields."""
        return cls(
            keep=[True for _one in drafts],
            kinds=[one.kind for one in drafts],
            titles=[one.title for one in drafts],
            companies=[one.company for one in drafts],
            bodies=[one.body for one in drafts],
            fields=[one.field for one in drafts],
        )

    def drafts(self) -> list[OfferDraft]:
        """Return the offers as they stand in the fields."""
        lists = (self.kinds, self.titles, self.companies, self.bodies, self.fields)
        return [
            OfferDraft(kind or "", title or "", body or "", company or "", field or "")
            for kind, title, company, body, field in zip(
                *([entry.data for entry in one] for one in lists), strict=False
            )
        ]

    def left_out(self) -> set[int]:
        """Return the numbers of the offers that are not to be posted: boxes without a tick."""
        kept = {int(entry.name.rpartition("-")[2]) for entry in self.keep if entry.data}
        return {number for number in range(len(self.titles)) if number not in kept}

    def _cover(self) -> None:
        for name in self.guarded:
            for entry in self[name]:
                entry.data = covered(entry.data or "")
