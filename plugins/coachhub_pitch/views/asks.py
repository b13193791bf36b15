"""The ask builder: a blunt ask in, three framings out, one click to the board."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import g, render_template, request, url_for

from coachhub.board.kinds import offer_kind
from coachhub.board.queries import Line, own_posts
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import cohorts_of
from coachhub.core.access import access, current_actor
from coachhub.core.db import now
from coachhub.core.forms import choices
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Membership
from coachhub.permissions import Permission
from coachhub_pitch import framing
from coachhub_pitch.forms import AskForm
from coachhub_pitch.views.blueprint import Page, bp

EXAMPLES = (
    gettext_noop("I need a job."),
    gettext_noop("Can you get me into Shell?"),
    gettext_noop("Do you know any recruiters?"),
    gettext_noop("Could you look at my CV?"),
)


@bp.get("/ask")
@access(Permission.MANAGE_OWN_THINGS)
def build_ask() -> Page:
    """Show the builder; with words, what makes them hard and three framings. Nothing is kept."""
    cohorts = cohorts_of(current_actor().membership_id)
    targets, offers = _own(cohorts, "target"), _own(cohorts, "offer")
    form = AskForm(request.args, meta={"csrf": False})
    form.target.choices = choices(
        [
            ("", gettext("No, or another company")),
            *((line.post.id, line.company) for line in targets),
        ]
    )
    form.offer.choices = choices(
        [
            ("", gettext("Nothing on the board yet")),
            *((line.post.id, line.post.title) for line in offers),
        ]
    )
    if not request.args.get("offer") and offers and "words" not in request.args:
        form.offer.data = str(offers[0].post.id)
    asked = "words" in request.args and form.validate()
    situation = _situation(form, targets, offers) if asked else None
    made = framing.framings(situation) if situation else ()
    return render_template(
        "pitch/ask.html",
        form=form,
        examples=EXAMPLES,
        situation=situation,
        weak=framing.weak_points(situation) if situation else [],
        framings=[(one, offer_kind(one.kind), _links(one, cohorts)) for one in made],
        rules=framing.RULES,
        cohorts=cohorts,
        offers=offers,
    )


def _own(cohorts: list[Cohort], kind: str) -> list[Line]:
    member_id = current_actor().member_id()
    return [
        line
        for cohort in cohorts
        for line in own_posts(cohort, member_id, kind)
        if line.post.closed_at is None
    ]


def _situation(form: AskForm, targets: list[Line], offers: list[Line]) -> framing.Situation:
    words = form.words.data or ""
    named = framing.company_in(words, [line.company for line in targets])
    chosen = next((line for line in targets if str(line.post.id) == form.target.data), None)
    if chosen is None:
        chosen = next((line for line in targets if line.company == named), None)
    give = next((line for line in offers if str(line.post.id) == form.offer.data), None)
    return framing.Situation(
        words=words,
        today=now().date(),
        company=chosen.company if chosen else named,
        role=(chosen.post.roles if chosen else "") or _titles(),
        learn=form.learn.data or "",
        give=give.post.title if give else "",
    )


def _titles() -> str:
    member: Membership | None = g.get("membership")
    return member.titles[0] if member and member.titles else ""


def _links(made: framing.Framing, cohorts: list[Cohort]) -> list[tuple[str, str]]:
    """Return, for each group, its name and the address of the board's form with all filled in."""
    given = {"kind": made.kind, "title": made.title, "body": made.body, "company": made.company}
    query = urlencode({name: value for name, value in given.items() if value})
    return [
        (cohort.name, f"{url_for('board.new', cohort=cohort.slug, kind='ask')}?{query}")
        for cohort in cohorts
    ]
