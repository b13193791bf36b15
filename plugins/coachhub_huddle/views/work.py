"""What was handed in: its lines on their way to the board, and what the coach says to it."""

from __future__ import annotations

from uuid import UUID

from flask import g, render_template, request

from coachhub.board.kinds import offer_kinds
from coachhub.board.specific import FieldError
from coachhub.cohorts.queries import enrolled
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.moderation.guards import HELD, INSIST
from coachhub.permissions import Permission
from coachhub_huddle import queries
from coachhub_huddle.forms import OfferLineForm, ReviewForm, TargetLineForm
from coachhub_huddle.models import Draft, HandIn, Homework
from coachhub_huddle.operations import homework as operations
from coachhub_huddle.views.homework import the_homework
from coachhub_huddle.views.room import Page, back_to, bp


@bp.route(
    "/c/<cohort>/homework/<uuid:homework_id>/lines/<uuid:asset_line_id>", methods=["GET", "POST"]
)
@access(Permission.POST)
def draft(homework_id: UUID, asset_line_id: UUID) -> Page:
    """Let a member put a line right, and put it on the board."""
    one, mine, row = _line(homework_id, asset_line_id)
    form = _form(row)
    if form.validate_on_submit():
        operations.change_draft(current_actor(), mine, row, form.draft())
        if request.form.get("do") != "post" and INSIST not in request.form:
            return back_to("homework", gettext("Saved."), homework_id=homework_id)
        return _post(one, mine, row, form)
    page = render_template("huddle/draft.html", homework=one, draft=row, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post("/c/<cohort>/homework/<uuid:homework_id>/lines/<uuid:asset_line_id>/post")
@access(Permission.POST)
def post_draft(homework_id: UUID, asset_line_id: UUID) -> Page:
    """Put a line on the board as it stands; where it is not specific, ask at the field."""
    one, mine, row = _line(homework_id, asset_line_id)
    return _post(one, mine, row, _form(row, bare=True))


@bp.route("/c/<cohort>/handed-in/<uuid:hand_in_id>", methods=["GET", "POST"])
@access(Permission.RUN_ROUND)
def review(hand_in_id: UUID) -> Page:
    """Let the coach read what was handed in, and say something to it."""
    one, handed = queries.one_hand_in(g.cohort, hand_in_id)
    place = enrolled(g.cohort, handed.owner_id)
    key = (g.firm.id, handed.owner_id)
    member = place.membership if place else db.session.get_one(Membership, key)
    form = ReviewForm()
    if form.validate_on_submit():
        try:
            operations.review(
                current_actor(), one, handed, form.text.data or "", form.verdict.data or ""
            )
        except DomainError as error:
            form.text.errors = [str(error)]
        else:
            return back_to(
                "homework",
                gettext("%(name)s has it by mail.", name=member.name),
                homework_id=one.id,
            )
    page = render_template(
        "huddle/review.html",
        homework=one,
        handed=handed,
        member=member,
        form=form,
        drafts=queries.drafts_of(handed),
        kinds=offer_kinds(),
        comments=queries.comments_of(handed),
    )
    return page, 422 if form.is_submitted() else 200


def _line(homework_id: UUID, draft_id: UUID) -> tuple[Homework, HandIn, Draft]:
    one = the_homework(homework_id)
    mine = queries.hand_in_of(one, current_actor().member_id())
    if mine is None:
        raise NotFoundError
    return one, mine, operations.draft_of(mine, draft_id)


def _form(row: Draft, *, bare: bool = False) -> OfferLineForm | TargetLineForm:
    """Return the form of a line; `bare` shows it as kept, whatever was sent."""
    kind = TargetLineForm if row.post_kind == "target" else OfferLineForm
    made: OfferLineForm | TargetLineForm = kind(formdata=None, obj=row) if bare else kind(obj=row)
    return made


def _post(one: Homework, mine: HandIn, row: Draft, form: OfferLineForm | TargetLineForm) -> Page:
    kind = row.post_kind
    if form.may_pass(current_actor(), kind):
        operations.change_draft(current_actor(), mine, row, form.draft())
        try:
            with db.session.begin_nested():
                made = operations.post_draft(current_actor(), g.cohort, mine, row)
                form.hold_if_insisted(current_actor(), kind, made.id)
        except FieldError as error:
            field = form["title" if error.field not in form else error.field]
            field.errors = [*field.errors, str(error)]
        else:
            there = gettext("It is on the board.")
            if kind == "target":
                there = gettext("It is on your targets.")
            said = gettext(HELD) if form.insisted else there
            return back_to("homework", said, homework_id=one.id)
    page = render_template("huddle/draft.html", homework=one, draft=row, form=form)
    # What was typed is kept as it stands, so that nothing is lost by the question.
    db.session.commit()
    return page, 422
