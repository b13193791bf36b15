"""The first visit: what, where and what I can give, in one go, ending with something posted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from coachhub.board.operations import OfferDraft, TargetDraft, post_offer, post_target
from coachhub.board.specific import FieldError
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.firms.operations import Profile, update_profile


@dataclass(frozen=True)
class Answers:
    """What a new member tells on the first visit; everything may be empty but not all of it."""

    titles: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    worked: tuple[str, ...] = ()
    reads: str = ""
    knows: str = ""
    makes: str = ""


class AnswersError(DomainError):
    """Some answers need another look; `problems` maps fields (``companies-0``) to sentences."""

    def __init__(self, problems: dict[str, str]) -> None:
        """Say which."""
        super().__init__(gettext("A few answers need another look."))
        self.problems = problems


def welcome(actor: Actor, cohort: Cohort, membership: Membership, answers: Answers) -> int:
    """Write a new member's profile, targets and offers; return how many posts there are now.

    Raises AnswersError where a company or an offer can't be taken, or nothing was said; nothing
    is kept then, once the caller rolls back.
    """
    told: dict[str, Any] = {}
    for name in Profile.__dataclass_fields__:
        value = getattr(membership, name)
        told[name] = tuple(value) if isinstance(value, list) else value
    profile = replace(
        Profile(**told), titles=answers.titles, fields=answers.fields, places=answers.places
    )
    update_profile(actor, membership, profile)
    problems: dict[str, str] = {}
    posted = 0
    roles = ", ".join(answers.titles)
    seen: set[str] = set()
    for number, company in enumerate(answers.companies):
        if company and company.casefold() not in seen:
            seen.add(company.casefold())
            try:
                post_target(actor, cohort, TargetDraft(company=company, roles=roles[:200]))
                posted += 1
            except FieldError as error:
                problems[f"companies-{number}"] = str(error)
    for field, draft in _offers(answers):
        try:
            post_offer(actor, cohort, draft)
            posted += 1
        except FieldError as error:
            problems[field] = str(error)
    if problems:
        raise AnswersError(problems)
    if not posted:
        raise AnswersError(
            {
                "companies-0": gettext(
                    "Please name one company, or one thing you can give further down."
                )
            }
        )
    finish(membership)
    return posted


def finish(membership: Membership) -> None:
    """Remember that the first visit is over, or was skipped."""
    if membership.welcomed_at is None:
        membership.welcomed_at = now()
        db.session.flush()


def _offers(answers: Answers) -> list[tuple[str, OfferDraft]]:
    field = answers.fields[0] if answers.fields else ""
    offers = [
        (
            f"worked-{number}",
            OfferDraft(
                kind="insider",
                title=gettext("I worked at %(company)s and can tell how it is", company=company),
                company=company,
                field=field,
            ),
        )
        for number, company in enumerate(answers.worked)
        if company
    ]
    if answers.reads:
        title = gettext("I read %(what)s and pass on what matters", what=answers.reads)
        offers.append(("reads", OfferDraft(kind="bulletin", title=title[:160], field=field)))
    if answers.knows:
        offers.append(("knows", OfferDraft(kind="skill", title=answers.knows, field=field)))
    if answers.makes:
        offers.append(("makes", OfferDraft(kind="treat", title=answers.makes)))
    return offers
