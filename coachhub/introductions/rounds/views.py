"""Pages of rounds: the list, the studio, the matches, and what a member could give and get."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, render_template, request
from flask import url_for as to
from werkzeug.wrappers import Response

from coachhub.core import follow
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext
from coachhub.firms.hooks import MENU
from coachhub.firms.layout import here
from coachhub.introductions.matching import jobs as _jobs  # noqa: F401 - declares its job
from coachhub.introductions.matching.people import people_of
from coachhub.introductions.matching.search import find_matches
from coachhub.introductions.models import Round
from coachhub.introductions.rounds import alliances, operations, queries, release, what_if
from coachhub.introductions.rounds import joins as _joins  # noqa: F401 - joins in elsewhere
from coachhub.introductions.rounds.forms import ReleaseForm
from coachhub.introductions.rounds.hand import draft_of
from coachhub.introductions.rounds.market import settings_of
from coachhub.introductions.rounds.page import FOLDER, Page, back_to, bp, see
from coachhub.introductions.rounds.stages import stage_of
from coachhub.introductions.rounds.studio import closeness, studio_of
from coachhub.introductions.uses import counted
from coachhub.permissions import Permission, Standing

__all__ = ["bp"]

MATCHES_ON_A_PAGE = 50


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show rounds to a cohort's coach, and to its members what they could give and get."""
    if g.get("cohort") is None:
        return []
    if actor.may(Permission.RUN_ROUND):
        active = here("rounds.") and not here("rounds.mine")
        return [MenuItem(gettext("Rounds"), to("rounds.index"), "ring", 30, active)]
    if Standing.COHORT_MEMBER in actor.standings:
        return [
            MenuItem(gettext("Give and get"), to("rounds.mine"), "gift", 30, here("rounds.mine"))
        ]
    return []


@bp.get("/")
@access(Permission.RUN_ROUND)
def index() -> Page:
    """List the cohort's rounds, and offer to make the next one."""
    rounds = queries.rounds_of(g.cohort)
    draft = next((one for one, _ in rounds if one.state in operations.OPEN_ROUND), None)
    return render_template(
        f"{FOLDER}/index.html",
        rounds=rounds,
        draft=draft,
        ready=what_if.readiness(g.cohort) if draft is None else None,
    )


@bp.post("/")
@access(Permission.RUN_ROUND)
def propose() -> Response:
    """Make the next round."""
    round_ = operations.propose_round(current_actor(), g.cohort)
    db.session.commit()
    return back_to(round_)


@bp.get("/<uuid:round_id>")
@access(Permission.RUN_ROUND)
def show(round_id: UUID) -> Page:
    """Show a round: the studio for a draft, progress while it is worked out, else what it was."""
    round_ = queries.round_of(g.cohort, round_id)
    if round_.state != "solving":
        return follow.page(_studio(round_), goes_on=False)
    page = render_template(f"{FOLDER}/solving.html", round=round_, stage=stage_of(round_))
    return follow.page(page, goes_on=True)


@bp.get("/compare")
@access(Permission.RUN_ROUND)
def compare() -> Page:
    """Show two rounds beside each other; without two that were chosen, the last two."""
    rounds = [one for one, steps in queries.rounds_of(g.cohort) if steps]
    by_id = {str(one.id): one for one in rounds}
    one = by_id.get(request.args.get("one", "")) or (rounds[1] if rounds[1:] else None)
    other = by_id.get(request.args.get("other", "")) or (rounds[0] if rounds else None)
    return render_template(
        f"{FOLDER}/compare.html",
        rounds=rounds,
        one=one,
        other=other,
        compared=queries.compared(one, other) if one and other else None,
        closeness=closeness,
    )


@bp.post("/<uuid:round_id>/guests")
@access(Permission.RUN_ROUND)
def invite(round_id: UUID) -> Response:
    """Ask another cohort of the firm to take part in a draft."""
    cohort_id = _uuid(request.form.get("cohort", "")) or round_id
    round_ = queries.round_of(g.cohort, round_id)
    round_ = alliances.invite(current_actor(), round_, cohort_id)
    db.session.commit()
    flash(
        gettext("Asked. Nothing of that cohort goes into the round before its coach has joined."),
        "info",
    )
    return back_to(round_)


@bp.post("/<uuid:round_id>/guests/<uuid:cohort_id>/remove")
@access(Permission.RUN_ROUND)
def uninvite(round_id: UUID, cohort_id: UUID) -> Response:
    """Go on without a guest."""
    round_ = queries.round_of(g.cohort, round_id)
    round_ = alliances.uninvite(current_actor(), round_, cohort_id)
    db.session.commit()
    return back_to(round_)


@bp.get("/<uuid:round_id>/release")
@access(Permission.RUN_ROUND)
def ask_release(round_id: UUID) -> Page:
    """Ask once more before the givers are written to."""
    round_ = draft_of(round_id)
    return render_template(
        f"{FOLDER}/release.html",
        round=round_,
        studio=studio_of(g.cohort, round_),
        form=ReleaseForm(),
    )


@bp.post("/<uuid:round_id>/release")
@access(Permission.RUN_ROUND)
def do_release(round_id: UUID) -> Response:
    """Release the round."""
    at_once = bool(ReleaseForm().at_once.data)
    round_ = release.release_round(
        current_actor(), queries.round_of(g.cohort, round_id), at_once=at_once
    )
    db.session.commit()
    undo = to("rounds.withdraw", round_id=round_id)
    told = (
        gettext("The givers are being asked.")
        if at_once
        else gettext("The givers are written to in ten minutes.")
    )
    flash(
        gettext("Round %(number)s is released. %(told)s", number=round_.number, told=told),
        f"undo:{undo}",
    )
    return back_to(round_)


@bp.post("/<uuid:round_id>/withdraw")
@access(Permission.RUN_ROUND)
def withdraw(round_id: UUID) -> Response:
    """Take a release back."""
    round_ = release.withdraw_release(current_actor(), queries.round_of(g.cohort, round_id))
    db.session.commit()
    flash(
        gettext("Round %(number)s is a draft again. Nobody needs to answer.", number=round_.number),
        "success",
    )
    return back_to(round_)


@bp.post("/<uuid:round_id>/drop")
@access(Permission.RUN_ROUND)
def drop(round_id: UUID) -> Response:
    """Put a draft away."""
    operations.drop_draft(current_actor(), queries.round_of(g.cohort, round_id))
    db.session.commit()
    flash(gettext("The draft is gone. Nobody was asked anything."), "success")
    return see(to("rounds.index"))


@bp.get("/matches")
@access(Permission.RUN_ROUND)
def matches() -> Page:
    """List every match there is, with its worth and why; pin from here into the draft."""
    draft = operations.open_round(g.cohort)
    weights = settings_of(draft).weights if draft else None
    asset, member = request.args.get("asset", ""), request.args.get("member", "")
    found = [
        match
        for match in find_matches(g.cohort, weights=weights)
        if (not asset or match.asset == asset)
        and (not member or member in {str(match.giver_id), str(match.receiver_id)})
    ]
    pages = queries.Pages.of(len(found), request.args.get("page", 1, int), MATCHES_ON_A_PAGE)
    shown = found[pages.first - 1 : pages.last]
    people = people_of(g.cohort)
    return render_template(
        f"{FOLDER}/matches.html",
        matches=shown,
        pages=pages,
        total=len(found),
        kinds=[(kind, gettext(name)) for kind, name in queries.KINDS.items()],
        asset=asset,
        member=member,
        draft=draft if draft and draft.state == "draft" else None,
        names={person.id: person.name for person in people.values()},
        subjects=queries.subjects_of(shown),
    )


@bp.get("/help-most")
@access(Permission.RUN_ROUND)
def help_most() -> Page:
    """Rank what one new asset would bring to the newest round."""
    newest = queries.newest_round(g.cohort)
    waits = newest is not None and newest.stage == "help" and not newest.unlocks
    page = render_template(f"{FOLDER}/help_most.html", round=newest, waits=waits)
    return follow.page(page, goes_on=waits)


@bp.get("/mine")
@access(Permission.SEE_BOARD)
def mine() -> Page:
    """Show a member what they could give and get, with reasons and without names."""
    member_id, found = current_actor().member_id(), find_matches(g.cohort)
    return render_template(
        f"{FOLDER}/mine.html",
        lines=queries.my_matches(g.cohort, member_id, found),
        uses=counted(found, member_id),
    )


def _studio(round_: Round) -> str:
    member = request.args.get("member", "")
    return render_template(
        f"{FOLDER}/studio.html",
        studio=studio_of(g.cohort, round_, _uuid(member)),
        round=round_,
        member=member,
        guests=alliances.guests_of(round_),
        could_join=alliances.could_join(round_) if round_.state == "draft" else [],
        may_withdraw=release.may_withdraw(round_),
        undo_minutes=int(release.UNDO_FOR.total_seconds() // 60),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
