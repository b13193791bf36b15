"""What a coach changes by hand in a draft: rules, turns, pins, and what each change would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, g, render_template, request
from werkzeug.wrappers import Response

from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.introductions.matching.people import people_of
from coachhub.introductions.models import Round
from coachhub.introductions.retold import retold
from coachhub.introductions.rounds import operations, queries, what_if
from coachhub.introductions.rounds.forms import CapsForm, RulesForm, choices
from coachhub.introductions.rounds.market import settings_of
from coachhub.introductions.rounds.page import FOLDER, UNPROCESSABLE, Page, back_to, bp
from coachhub.permissions import Permission


@bp.get("/<uuid:round_id>/rules")
@access(Permission.RUN_ROUND)
def ask_rules(round_id: UUID) -> Page:
    """Show a draft's rules, and what others would make of it; nothing is changed."""
    return _rules_page(draft_of(round_id))


@bp.post("/<uuid:round_id>/rules")
@access(Permission.RUN_ROUND)
def rules(round_id: UUID) -> Page:
    """Change ring length, chains, turns, starters and weights."""
    round_ = queries.round_of(g.cohort, round_id)
    form = _rules_form(RulesForm())
    if not form.validate_on_submit():
        return _rules_page(round_, form), UNPROCESSABLE
    return _done(operations.change_settings(current_actor(), round_, form.settings()))


@bp.post("/<uuid:round_id>/caps")
@access(Permission.RUN_ROUND)
def caps(round_id: UUID) -> Page:
    """Change how often one member gives and receives."""
    round_ = queries.round_of(g.cohort, round_id)
    form = _caps_form(CapsForm(), round_)
    if not form.validate_on_submit():
        return _rules_page(round_, caps_form=form), UNPROCESSABLE
    turns = (form.give.data or 0, form.receive.data or 0)
    as_all = turns == (round_.give_cap, round_.receive_cap)
    member_id = UUID(form.member.data)
    actor = current_actor()
    return _done(operations.change_caps(actor, round_, member_id, None if as_all else turns))


def _by_key(operation: Callable[[Actor, Round, str], Round], round_id: UUID) -> Response:
    round_ = queries.round_of(g.cohort, round_id)
    return _done(operation(current_actor(), round_, request.form.get("key", "")))


@bp.post("/<uuid:round_id>/pin")
@access(Permission.RUN_ROUND)
def pin(round_id: UUID) -> Response:
    """Have a match in the round."""
    return _by_key(operations.pin, round_id)


@bp.post("/<uuid:round_id>/unpin")
@access(Permission.RUN_ROUND)
def unpin(round_id: UUID) -> Response:
    """Take a pin back."""
    return _by_key(operations.unpin, round_id)


@bp.post("/<uuid:round_id>/forbid")
@access(Permission.RUN_ROUND)
def forbid(round_id: UUID) -> Response:
    """Rule a match out and find something else."""
    return _by_key(operations.forbid, round_id)


@bp.post("/<uuid:round_id>/allow")
@access(Permission.RUN_ROUND)
def allow(round_id: UUID) -> Response:
    """Take a forbid back."""
    return _by_key(operations.allow, round_id)


@bp.post("/<uuid:round_id>/again")
@access(Permission.RUN_ROUND)
def again(round_id: UUID) -> Response:
    """Work the draft out anew, or ask once more for one that is taking long."""
    round_ = queries.round_of(g.cohort, round_id)
    if round_.state == "solving":
        operations.start_again(current_actor(), round_)
        db.session.commit()
        return back_to(round_)
    return _done(operations.work_out_again(current_actor(), round_))


@bp.post("/<uuid:round_id>/steps/<uuid:step_id>/leave-out")
@access(Permission.RUN_ROUND)
def leave_out(round_id: UUID, step_id: UUID) -> Response:
    """Leave one step out, and keep the others as they are."""
    round_ = queries.round_of(g.cohort, round_id)
    return _done(operations.drop_step(current_actor(), round_, step_id))


@bp.get("/<uuid:round_id>/what-if")
@access(Permission.RUN_ROUND)
def what_one_change_does(round_id: UUID) -> Page:
    """Show what pinning or ruling out one match would cost; nothing is changed."""
    round_ = draft_of(round_id)
    change, key = request.args.get("change", ""), request.args.get("key", "")
    outcome = what_if.one_change(g.cohort, round_, change, key)
    return render_template(f"{FOLDER}/one_change.html", round=round_, outcome=outcome)


def draft_of(round_id: UUID) -> Round:
    """Return a round that is a draft still; NotFoundError for any other."""
    round_ = queries.round_of(g.cohort, round_id)
    if round_.state != "draft":
        raise NotFoundError(gettext("This round is no draft any more."))
    return round_


def _rules_page(
    round_: Round, form: RulesForm | None = None, caps_form: CapsForm | None = None
) -> str:
    caps_form = caps_form or _caps_form(CapsForm(), round_)
    return render_template(
        f"{FOLDER}/rules.html",
        round=round_,
        form=form or _rules_form(RulesForm.filled(settings_of(round_))),
        caps_form=caps_form,
        caps_names={str(person.id): person.name for person in people_of(g.cohort).values()},
        # Five rounds are worked out for this: only where somebody asks for it.
        outcomes=what_if.other_rules(g.cohort, round_) if "compare" in request.args else None,
    )


def _rules_form(form: RulesForm) -> RulesForm:
    people = people_of(g.cohort).values()
    form.offer_starters({person.id: person.name for person in people if person.receives})
    return form


def _caps_form(form: CapsForm, round_: Round) -> CapsForm:
    here = (person for person in people_of(g.cohort).values() if not person.alumnus)
    people = sorted(here, key=lambda person: person.name)
    form.member.choices = choices({person.id: person.name for person in people})
    if not form.is_submitted():
        form.give.data, form.receive.data = round_.give_cap, round_.receive_cap
    return form


def _done(round_: Round) -> Response:
    """Commit a change to a draft, say what it cost, and go back to the studio."""
    db.session.commit()
    if round_.state == "draft":
        flash(_told(round_.changes[-1]), "success")
    return back_to(round_)


def _told(change: dict[str, Any]) -> str:
    gain = round(change["after"] - change["before"])
    told = _WORTH[(gain > 0) - (gain < 0)]
    return gettext(told, what=retold(change["what"]), worth=abs(gain))


_WORTH = {
    0: gettext_noop("%(what)s. The round is worth as much as before."),
    1: gettext_noop("%(what)s. The round is worth %(worth)s more."),
    -1: gettext_noop("%(what)s. The round is worth %(worth)s less."),
}
