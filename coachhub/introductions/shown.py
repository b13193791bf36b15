"""What one side is shown of an introduction, and nothing else.

Pages and letters for giver and receiver are made from `Shown`, never from the row: a name or an
address that a side must not know yet is not in it. A "no" is silent: after my own yes an
introduction looks the same to me whether the others are still thinking or one has said no, until
the time that all of them had is over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import literal, select, union_all

from coachhub.accounts.models import Person
from coachhub.board.models import Ask, Lead, Offer
from coachhub.companies.models import Company
from coachhub.core.db import db, now
from coachhub.core.words import ENGLISH, gettext
from coachhub.firms.models import Membership
from coachhub.introductions import words
from coachhub.introductions.answers import Side
from coachhub.introductions.calendar import EXPIRE_AFTER, SEARCH_FOR, today
from coachhub.introductions.models import Consent, Introduction
from coachhub.introductions.rules import asked_in_person
from coachhub.introductions.steps import BLIND_ASSETS, sides


@dataclass(frozen=True)
class Party:
    """Somebody in an introduction, as far as the reader may know them."""

    name: str = ""
    headline: str = ""
    email: str = ""
    profile_url: str = ""


@dataclass(frozen=True)
class Shown:
    """An introduction in the eyes of its giver or its receiver.

    `step` is one of ``words.STEPS``. `other` is the other member, `contact` the outside contact;
    both are empty as long as they must not be known. `for_shortlist` says that a yes puts the
    receiver on a recruiter's shortlist. `posts` are what it comes from, as in ``lead/<id>``.
    """

    id: UUID
    side: Side
    asset: str
    origin: str
    cohort_id: UUID
    step: str
    title: str
    why: str
    company: str
    other: Party
    contact: Party
    gift: str
    blurb: str
    promise: str
    due_on: dt.date | None
    late: bool
    later_on: dt.date | None
    since: dt.datetime
    introduced_at: dt.datetime | None
    outcome_kind: str
    outcome: str
    thanks: str
    for_shortlist: bool
    posts: frozenset[str]

    @property
    def met(self) -> bool:
        """Say whether all have said yes: names and addresses are known."""
        return self.introduced_at is not None

    @property
    def blind(self) -> bool:
        """Say whether the sides learn of each other only when all have said yes."""
        return self.asset in BLIND_ASSETS

    @property
    def waits_for_me(self) -> bool:
        """Say whether the next step is this side's."""
        return self.step in words.MINE

    @property
    def is_done(self) -> bool:
        """Say whether nothing is left to happen."""
        return self.step in words.DONE

    @property
    def may_withdraw(self) -> bool:
        """Say whether this side can still step back."""
        return not self.met and self.step in {"answer", "report", "wait", "later"}

    @property
    def next_step(self) -> str:
        """Say what happens next and who has it."""
        return words.next_step(self)

    @property
    def stages(self) -> list[dict[str, str]]:
        """Return the stepper's lines."""
        return words.stages(self)


class Facts:
    """What a list of introductions speaks of, read in a handful of queries."""

    def __init__(self, rows: Iterable[Introduction]) -> None:
        """Read people, companies, posts and answers of `rows`."""
        self.rows = list(rows)
        people = {one for row in self.rows for one in (row.giver_id, row.receiver_id)}
        self.members: dict[UUID, Membership] = {
            one.id: one
            for one in db.session.scalars(select(Membership).where(Membership.id.in_(people)))
        }
        persons = {one.person_id for one in self.members.values()}
        rows_of_persons = db.session.execute(
            select(Person.id, Person.email, Person.language).where(Person.id.in_(persons))
        ).all()
        self.emails: dict[UUID, str] = {row.id: row.email for row in rows_of_persons}
        self.languages: dict[UUID, str] = {row.id: row.language for row in rows_of_persons}
        companies = {row.company_id for row in self.rows} - {None}
        self.companies: dict[UUID, str] = dict(
            db.session.execute(
                select(Company.id, Company.name).where(Company.id.in_(companies))
            ).all()
            if companies
            else ()
        )
        ids = {one for row in self.rows for one in (row.need_id, row.asset_id)} - {None}
        posts = db.session.execute(
            union_all(
                *(
                    select(
                        model.id, model.title, kind.label("kind"), model.is_shown.label("is_shown")
                    ).where(model.id.in_(ids))
                    for model, kind in (
                        (Ask, literal("")),
                        (Offer, literal("")),
                        (Lead, Lead.kind),
                    )
                )
            )
        ).all()
        self._titles = {row.id: row.title if row.is_shown else None for row in posts}
        self.recruiters = {row.id for row in posts if row.kind == "recruiter"}
        self.read_answers()

    def read_answers(self) -> None:
        """Read who has answered what."""
        self.answers: dict[UUID, dict[str, Consent]] = {row.id: {} for row in self.rows}
        for consent in db.session.scalars(
            select(Consent).where(Consent.introduction_id.in_(self.answers))
        ):
            self.answers[consent.introduction_id][consent.side] = consent

    def post(self, post_id: UUID | None) -> str:
        """Return a post's title, or words for one that is out of sight; empty for a target."""
        title = self._titles.get(post_id, "") if post_id else ""
        return gettext("a text that nobody sees any more") if title is None else title

    def email_of(self, member_id: UUID) -> str:
        """Return a member's own mail address; empty for somebody who was erased."""
        return self.emails.get(self.members[member_id].person_id, "")

    def language_of(self, member_id: UUID) -> str:
        """Return the language that a member reads; English for somebody who was erased."""
        return self.languages.get(self.members[member_id].person_id, ENGLISH)


def shown(introduction: Introduction, side: Side, facts: Facts | None = None) -> Shown:
    """Return what `side` (giver or receiver) may see of an introduction at this moment."""
    facts = facts or Facts([introduction])
    met = introduction.introduced_at is not None
    step = _step(introduction, side, facts.answers[introduction.id])
    blind = not met and introduction.asset in BLIND_ASSETS
    # A giver must know for whom they open a door; two buddies learn of each other together.
    hide_other = blind and (side == "receiver" or introduction.asset == "buddy")
    hide_words = blind and (side == "receiver" or introduction.asset == "buddy")
    other_id = introduction.receiver_id if side == "giver" else introduction.giver_id
    other = Party() if hide_other else _party(facts, other_id, with_email=met)
    mine = side == "giver" or met
    return Shown(
        id=_address_id(introduction, side, met=met),
        side=side,
        asset=introduction.asset,
        origin=introduction.origin,
        cohort_id=introduction.cohort_id,
        step=step,
        title=words.title(introduction, side, facts, other.name),
        why=words.why(introduction, side, met=met),
        company=facts.companies.get(introduction.company_id or introduction.id, ""),
        other=other,
        contact=_contact(introduction) if mine else Party(),
        gift=introduction.gift if side == "receiver" or not hide_words else "",
        blurb=introduction.blurb if side == "receiver" or not hide_words else "",
        promise=introduction.promise if side == "giver" or not hide_words else "",
        due_on=introduction.due_on if mine else None,
        late=introduction.state == "introduced" and (introduction.due_on or today()) < today(),
        later_on=introduction.not_before if step == "later" else None,
        since=_since(introduction, side, step, facts.answers[introduction.id]),
        introduced_at=introduction.introduced_at,
        outcome_kind=introduction.outcome_kind if met else "",
        outcome=introduction.outcome if met else "",
        thanks=introduction.thanks if met else "",
        for_shortlist=introduction.need_id in facts.recruiters,
        posts=frozenset(
            {
                f"{introduction.need}/{introduction.need_id}",
                f"{introduction.asset}/{introduction.asset_id}",
            }
        ),
    )


def _address_id(introduction: Introduction, side: Side, *, met: bool) -> UUID:
    # A search for a door keeps one address for its receiver, whoever is being asked.
    if side == "receiver" and not met and introduction.request_id is not None:
        return introduction.request_id
    return introduction.id


def _party(facts: Facts, member_id: UUID, *, with_email: bool) -> Party:
    member = facts.members[member_id]
    email = facts.email_of(member_id) if with_email else ""
    return Party(member.name, member.headline, email, member.profile_url)


def _contact(introduction: Introduction) -> Party:
    return Party(introduction.contact_name, email=introduction.contact_email)


def _step(introduction: Introduction, side: Side, given: dict[str, Consent]) -> str:
    state = introduction.state
    if state == "stopped":
        return "stopped"
    if introduction.introduced_at is not None:
        return _step_after_meeting(introduction, side)
    if state == f"{side}_asked":
        return "answer"
    mine = given.get(side)
    if mine is None or mine.answer != "yes":
        return _step_after_no(state, mine)
    if side == "giver" and state == "outsider_asked" and asked_in_person(introduction):
        return "report"
    return "wait" if now() < _waits_until(introduction, side, mine) else "rest"


def _step_after_no(state: str, mine: Consent | None) -> str:
    if mine is not None and mine.answer == "no":
        return "said_no"
    return "later" if mine is not None and state == "not_now" else "ended"


def _step_after_meeting(introduction: Introduction, side: Side) -> str:
    if introduction.state == "introduced":
        return "keep" if side == "giver" else "expect"
    if introduction.state == "kept" and side == "receiver" and introduction.thanked_at is None:
        return "thank"
    return introduction.state


def _waits_until(introduction: Introduction, side: Side, mine: Consent) -> dt.datetime:
    """Return until when the others may take their time; nobody's answer changes it."""
    if side == "receiver" and introduction.origin == "door":
        return mine.created_at + SEARCH_FOR
    order = sides(introduction)
    return mine.created_at + EXPIRE_AFTER * max(len(order) - 1 - order.index(side), 1)


def _since(
    introduction: Introduction, side: Side, step: str, given: dict[str, Consent]
) -> dt.datetime:
    """Return a moment that this side knows of anyway: another side's answer must not show in it."""
    if introduction.introduced_at is not None or step in {"answer", "report", "stopped"}:
        return introduction.state_since
    if side in given:
        return given[side].created_at
    asked_at = introduction.giver_asked_at if side == "giver" else introduction.receiver_asked_at
    return asked_at or introduction.created_at
