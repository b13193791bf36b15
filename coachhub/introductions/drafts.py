"""Gift and blurb, drafted from what the receiver has posted, so that nobody starts with a blank."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.board.models import Offer, Target
from coachhub.companies.models import Company
from coachhub.core.db import db
from coachhub.core.words import ENGLISH, gettext, gettext_noop, in_language, listed
from coachhub.firms.models import Firm, Membership
from coachhub.introductions.calendar import today
from coachhub.introductions.models import Introduction

_MOST_OFFERS = 2


def fill(introduction: Introduction) -> None:
    """Draft the gift and the blurb where there is none; the receiver can change both later."""
    if introduction.gift and introduction.blurb:
        return
    with in_language(_language_of(introduction.receiver_id)):
        introduction.gift = (
            introduction.gift
            or gift_of(introduction.receiver_id)
            or _gift_of_the_step(introduction)
        )
        introduction.blurb = introduction.blurb or blurb_of(introduction)


def _language_of(member_id: UUID) -> str:
    """Return the language of whoever speaks: it is their text."""
    language = (
        select(Person.language)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.id == member_id)
    )
    return db.session.scalar(language) or ENGLISH


def gift_of(member_id: UUID) -> str:
    """Return what a member gives, in one sentence from their newest offers; empty without any."""
    titles = db.session.scalars(
        select(Offer.title)
        .where(
            Offer.owner_id == member_id,
            Offer.is_shown,
            Offer.closed_at.is_(None),
            Offer.expires_on >= today(),
        )
        .order_by(Offer.created_at.desc())
        .limit(_MOST_OFFERS)
    ).all()
    if not titles:
        return ""
    offers = "; ".join(title.rstrip(".") for title in titles)
    return gettext("In return I can offer: %(offers)s.", offers=offers)


def promise_of(introduction: Introduction) -> str:
    """Return what a giver would do in this step, for a yes that says no more than yes."""
    return gettext(_PROMISES[introduction.asset])


_PROMISES = {
    "door": gettext_noop("I speak with my contact there, and make the introduction."),
    "insider": gettext_noop("I take half an hour and tell what I know of the place."),
    "offer": gettext_noop("I get in touch, and help as I have offered."),
    "lead": gettext_noop("I pass on all I know of this lead."),
    "buddy": gettext_noop("I get in touch, and we compare what we know."),
}


def _gift_of_the_step(introduction: Introduction) -> str:
    """Return what the step itself makes a gift, for whoever has no offer on the board."""
    if introduction.asset == "buddy":
        return gettext("I share what I learn there.")
    if introduction.ring and not introduction.is_chain:
        return gettext("I help somebody else in this ring.")
    return ""


def blurb_of(introduction: Introduction) -> str:
    """Return a few sentences about the receiver that can be passed on as they are."""
    member = db.session.scalars(
        select(Membership).where(Membership.id == introduction.receiver_id)
    ).one()
    return about(member, _target(introduction))


def about(member: Membership, target: Target | None = None) -> str:
    """Return what a member has told of themselves, and what they want to learn at a target."""
    name, *told = _sentences(member, target)
    told = [sentence for sentence in told if sentence]
    if not told and not member.headline.strip():
        # A bare name tells nobody why they are introduced.
        told = [_in_short(member, target)]
    return " ".join([name, *told])


def _in_short(member: Membership, target: Target | None) -> str:
    company = db.session.scalar(
        select(Company.name).where(Company.id == (target.company_id if target else None))
    )
    if company:
        return gettext("Would like to get to know %(company)s.", company=company)
    firm = db.session.get_one(Firm, member.firm_id)
    return gettext("Looks for work, in a group at %(firm)s.", firm=firm.name)


def _sentences(member: Membership, target: Target | None) -> list[str]:
    headline = member.headline.strip().rstrip(".")
    looks_for = _looks_for(member)
    return [
        f"{member.name}: {headline}." if headline else f"{member.name}.",
        gettext("Looks for work as %(roles)s.", roles=looks_for) if looks_for else "",
        gettext("Wants to learn: %(what)s.", what=target.learn.strip().rstrip("."))
        if target and target.learn
        else "",
        gettext("More: %(url)s", url=member.profile_url) if member.profile_url else "",
    ]


def _looks_for(member: Membership) -> str:
    roles = listed(member.titles, "or")
    if roles and member.fields:
        roles = gettext("%(roles)s in %(fields)s", roles=roles, fields=", ".join(member.fields))
    return f"{roles} ({', '.join(member.places)})" if roles and member.places else roles


def _target(introduction: Introduction) -> Target | None:
    if introduction.need != "target":
        return None
    return db.session.scalar(select(Target).where(Target.id == introduction.need_id))
