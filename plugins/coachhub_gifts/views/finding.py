"""Ideas for somebody, and the gift rule."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request

from coachhub.core.access import access, current_actor
from coachhub.core.errors import NotFoundError
from coachhub.firms.models import Membership
from coachhub.permissions import Permission
from coachhub_gifts import catalogue, queries, rule
from coachhub_gifts.forms import RuleForm
from coachhub_gifts.guard import house
from coachhub_gifts.views.blueprint import bp

MOST = 12


@bp.get("/")
@access(Permission.MANAGE_OWN_THINGS)
def ideas() -> str:
    """Show what would suit somebody: a member, or whoever is described in a few words."""
    actor = current_actor()
    receiver = _receiver()
    words = request.args.get("likes", "").replace("\x00", "")[:200]
    occasion = request.args.get("occasion", "")
    occasion = occasion if occasion in catalogue.OCCASIONS else ""
    told = f"{receiver.interests} {' '.join(receiver.fields)}" if receiver else ""
    interests = catalogue.interests_in(f"{words} {told}")
    skills = queries.skills_of(actor.membership_id)
    asked = bool(receiver or words or occasion)
    most = len(catalogue.ideas()) if "all" in request.args else MOST
    return render_template(
        "gifts/ideas.html",
        others=queries.others(actor),
        receiver=receiver,
        words=words,
        occasion=occasion,
        occasions=catalogue.OCCASIONS,
        interests=sorted(interests),
        fits=catalogue.ranked(
            catalogue.Question(interests, skills if asked else frozenset(), occasion), most
        ),
        asked=asked,
        total=len(catalogue.ideas()),
        more="all" not in request.args,
        limit=house().amount,
    )


@bp.get("/rule")
@access(Permission.SEE_FIRM)
def gift_rule() -> str:
    """Explain the gift rule, and hold a gift against it. Nothing is kept."""
    form = RuleForm(request.args, meta={"csrf": False})
    asked = "gift" in request.args and form.validate()
    decided = house()
    gift = form.gift.data or ""
    found = rule.breaches(gift, decided.limit, decided.currency) if asked else []
    return render_template(
        "gifts/rule.html",
        form=form,
        asked=asked,
        gift=gift,
        breaches=found,
        instead=catalogue.instead(gift) if found else [],
        limit=decided.amount,
    )


def _receiver() -> Membership | None:
    """Return the member in the address, if one is named."""
    given = request.args.get("for", "")
    if not given:
        return None
    try:
        return queries.other(current_actor(), UUID(given))
    except ValueError as error:
        raise NotFoundError from error
