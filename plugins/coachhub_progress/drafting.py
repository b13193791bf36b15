"""A first draft from what happened since the last update. It names companies, never people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from coachhub.board.models import Offer, Target
from coachhub.companies.queries import names_by_id
from coachhub.core.db import db
from coachhub.core.words import gettext, gettext_noop, listed, ngettext
from coachhub.firms.models import Membership
from coachhub.introductions.models import Introduction

MOST = 4  # of a kind; more is a list, and nobody reads lists


@dataclass(frozen=True)
class Words:
    """The texts of an update."""

    subject: str
    met: str = ""
    looking: str = ""
    helps: str = ""


@dataclass(frozen=True)
class Facts:
    """What happened to a member since a moment, and how they stand now."""

    name: str
    since: dt.datetime | None
    introduced: int = 0
    met_at: tuple[str, ...] = ()
    outcomes: tuple[tuple[str, str], ...] = ()  # kind of outcome, company
    stages: tuple[tuple[str, str], ...] = ()  # stage, company
    titles: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    landed: bool = False


def facts_of(member: Membership, since: dt.datetime | None) -> Facts:
    """Return what there is to tell of a member; `since` None means from the beginning."""
    begin = since or dt.datetime.min.replace(tzinfo=dt.UTC)
    met = db.session.scalars(
        select(Introduction)
        .where(Introduction.receiver_id == member.id, Introduction.introduced_at > begin)
        .order_by(Introduction.introduced_at)
    ).all()
    came = db.session.scalars(
        select(Introduction)
        .where(
            Introduction.receiver_id == member.id,
            Introduction.outcome_at > begin,
            Introduction.outcome_kind.in_(("meeting", "interview", "offer")),
        )
        .order_by(Introduction.outcome_at)
    ).all()
    targets = db.session.scalars(
        select(Target)
        .where(Target.owner_id == member.id, Target.closed_at.is_(None))
        .order_by(Target.weight.desc(), Target.created_at)
    ).all()
    offers = db.session.scalars(
        select(Offer.title)
        .where(
            Offer.owner_id == member.id,
            Offer.closed_at.is_(None),
            Offer.kind.in_(("research", "bulletin", "market", "article", "skill", "tools")),
        )
        .order_by(Offer.created_at.desc())
        .limit(MOST)
    ).all()
    names = names_by_id(
        [*(one.company_id for one in (*met, *came)), *(one.company_id for one in targets)]
    )
    return Facts(
        name=member.name,
        since=since,
        introduced=len(met),
        met_at=_once(names.get(one.company_id, "") for one in met if one.company_id),
        outcomes=tuple(
            (one.outcome_kind, names.get(one.company_id, "") if one.company_id else "")
            for one in came
        ),
        stages=tuple((one.stage, names[one.company_id]) for one in targets),
        titles=tuple(member.titles),
        fields=tuple(member.fields),
        places=tuple(member.places),
        offers=tuple(offers),
        landed=bool(member.landed_on and (since is None or member.landed_on >= since.date())),
    )


def drafted(facts: Facts) -> Words:
    """Return a first draft: the same facts give the same words."""
    return Words(_subject(facts), _met(facts), _looking(facts), _helps(facts))


def _subject(facts: Facts) -> str:
    first = facts.name.split()[0] if facts.name.split() else facts.name
    if facts.landed:
        return gettext("Good news from %(name)s", name=first)
    if facts.since:
        return gettext("How my search is going – %(name)s", name=first)
    return gettext("What I am looking for – %(name)s", name=first)


# Without and with the company.
_CAME = {
    "meeting": (gettext_noop("A talk came of it."), gettext_noop("A talk came of it, at %(at)s.")),
    "interview": (
        gettext_noop("An interview came of it."),
        gettext_noop("An interview came of it, at %(at)s."),
    ),
    "offer": (
        gettext_noop("An offer came of it."),
        gettext_noop("An offer came of it, at %(at)s."),
    ),
}


def _met(facts: Facts) -> str:
    lines = []
    if facts.landed:
        lines.append(
            gettext("I have found work, and you are among the people I want to tell myself.")
        )
    if facts.introduced:
        lines.append(_introduced(facts))
    for kind, company in facts.outcomes[:MOST]:
        alone, there = _CAME[kind]
        lines.append(gettext(there, at=company) if company else gettext(alone))
    if not facts.landed:
        lines += _stands(facts)
    return " ".join(lines)


def _introduced(facts: Facts) -> str:
    people = ngettext("one person", "%(num)s people", facts.introduced)
    at = listed(facts.met_at)
    if facts.since and at:
        return gettext(
            "Since my last mail I was introduced to %(people)s, at %(at)s.", people=people, at=at
        )
    if facts.since:
        return gettext("Since my last mail I was introduced to %(people)s.", people=people)
    if at:
        return gettext("So far I was introduced to %(people)s, at %(at)s.", people=people, at=at)
    return gettext("So far I was introduced to %(people)s.", people=people)


def _stands(facts: Facts) -> list[str]:
    lines = []
    interviewing, talking, ended = (
        listed([company for one, company in facts.stages if one == stage][:MOST])
        for stage in ("interviewing", "talking", "no")
    )
    if interviewing:
        lines.append(gettext("I am interviewing at %(at)s.", at=interviewing))
    if talking:
        lines.append(gettext("I am in talks with %(companies)s.", companies=talking))
    if ended:
        lines.append(gettext("%(companies)s said no for now; I stay in touch.", companies=ended))
    return lines


def _looking(facts: Facts) -> str:
    if facts.landed:
        return ""
    lines = []
    if facts.titles or facts.fields:
        lines.append(_role(facts))
    wanted = [company for stage, company in facts.stages if stage in {"wish", "reaching_out"}]
    if wanted:
        lines.append(
            gettext(
                "I would like to get to know %(companies)s. Do you know one person there whom I"
                " could ask two questions?",
                companies=listed(wanted[:MOST]),
            )
        )
    return " ".join(lines)


def _role(facts: Facts) -> str:
    role = listed(facts.titles[:MOST]) or gettext("work")
    field, place = listed(facts.fields[:MOST]), _either(facts.places[:MOST])
    if field and place:
        return gettext(
            "I am looking for a role as %(role)s in %(field)s, %(place)s.",
            role=role,
            field=field,
            place=place,
        )
    if field:
        return gettext("I am looking for a role as %(role)s in %(field)s.", role=role, field=field)
    if place:
        return gettext("I am looking for a role as %(role)s, %(place)s.", role=role, place=place)
    return gettext("I am looking for a role as %(role)s.", role=role)


def _helps(facts: Facts) -> str:
    if not facts.offers:
        return ""
    lines = "\n".join(f"– {one}" for one in facts.offers[:MOST])
    return f"{gettext('If one of these is of use to you, just answer this mail:')}\n{lines}"


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _either(words: Sequence[str]) -> str:
    if len(words) < 2:  # noqa: PLR2004 - one needs no "or"
        return "".join(words)
    return gettext("%(some)s or %(last)s", some=", ".join(words[:-1]), last=words[-1])
