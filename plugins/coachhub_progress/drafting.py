"""A first draft from what happened since the last update. It names companies, never people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from coachhub.board.models import Offer, Target
from coachhub.companies.queries import names_by_id
from coachhub.core.db import db
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
        return f"Good news from {first}"
    return (
        f"How my search is going – {first}" if facts.since else f"What I am looking for – {first}"
    )


def _met(facts: Facts) -> str:
    lines = []
    if facts.landed:
        lines.append("I have found work, and you are among the people I want to tell myself.")
    when = "Since my last mail" if facts.since else "So far"
    if facts.introduced:
        people = "one person" if facts.introduced == 1 else f"{facts.introduced} people"
        at = f", at {_and(facts.met_at)}" if facts.met_at else ""
        lines.append(f"{when} I was introduced to {people}{at}.")
    words = {"meeting": "A talk came", "interview": "An interview came", "offer": "An offer came"}
    for kind, company in facts.outcomes[:MOST]:
        lines.append(f"{words[kind]} of it{f', at {company}' if company else ''}.")
    for stage, text in (
        ("interviewing", "I am interviewing at {}."),
        ("talking", "I am in talks with {}."),
    ):
        there = [company for one, company in facts.stages if one == stage]
        if there and not facts.landed:
            lines.append(text.format(_and(there[:MOST])))
    ended = [company for one, company in facts.stages if one == "no"]
    if ended and not facts.landed:
        lines.append(f"{_and(ended[:MOST])} said no for now; I stay in touch.")
    return " ".join(lines)


def _looking(facts: Facts) -> str:
    if facts.landed:
        return ""
    lines = []
    if facts.titles or facts.fields:
        what = _and(facts.titles[:MOST]) or "work"
        field = f" in {_and(facts.fields[:MOST])}" if facts.fields else ""
        place = f", {_and(facts.places[:MOST], 'or')}" if facts.places else ""
        lines.append(f"I am looking for a role as {what}{field}{place}.")
    wanted = [company for stage, company in facts.stages if stage in {"wish", "reaching_out"}]
    if wanted:
        lines.append(
            f"I would like to get to know {_and(wanted[:MOST], 'and')}. Do you know one person"
            " there whom I could ask two questions?"
        )
    return " ".join(lines)


def _helps(facts: Facts) -> str:
    if not facts.offers:
        return ""
    listed = "\n".join(f"– {one}" for one in facts.offers[:MOST])
    return f"If one of these is of use to you, just answer this mail:\n{listed}"


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _and(words: Sequence[str], between: str = "and") -> str:
    if not words:
        return ""
    head, last = list(words[:-1]), words[-1]
    return f"{', '.join(head)} {between} {last}" if head else last
