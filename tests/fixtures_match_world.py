"""A cohort to which anything may happen, and what must hold of its matches."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.companies.models import Company
from coachhub.contacts.models import Contact
from coachhub.core.db import now
from coachhub.firms.models import Membership
from coachhub.introductions.calendar import today
from coachhub.introductions.matching.candidates import RECRUITER_PLACES
from coachhub.introductions.matching.match import Match
from coachhub.introductions.models import OPEN_STATES, Introduction
from coachhub.mail.models import Suppression

ROLES = "Planner"


class World:
    """Does what people do, and looks at matches with the rules' own eyes: rows, not `Ground`."""

    def __init__(
        self,
        session: Session,
        undo: Any,
        cohort: Cohort,
        people: list[Membership],
        board: Any,
        make_introduction: Any,
    ) -> None:
        self.session, self.undo, self.cohort, self.people = session, undo, cohort, people
        self.board, self.make_introduction = board, make_introduction
        self.companies = [board.company(f"{name} Freight") for name in ("Ann", "Bob", "Cid")]
        self.posts: list[Any] = []
        self.last: list[Match] = []
        self.today = today()

    def now(self) -> dt.datetime:
        return now()

    def target(self, who: int, where: int, roles: str = ROLES) -> None:
        company = self.company(where)
        self.posts.append(self.board.target(self.people[who], company, roles=roles))

    def company(self, where: int) -> Company:
        """Return a company to post about; never one that was merged away."""
        found = self.companies[where]
        if found.merged_into_id:
            found = next(one for one in self.companies if one.id == found.merged_into_id)
        return found

    def post(self, who: int, where: int, what: str) -> None:
        member, board, company = self.people[who], self.board, self.company(where)
        self.posts.append(
            {
                "insider": lambda: board.offer(member, "insider", "I was there", company=company),
                "ask": lambda: board.ask(member, "time", f"Help with subject{where}"),
                "door ask": lambda: board.ask(member, "door", "A way in", company=company),
                "answer": lambda: board.offer(member, "time", f"On subject{where}"),
                "opening": lambda: board.lead(member, ROLES, company=company),
                "search": lambda: board.lead(member, ROLES, kind="recruiter"),
                "recruiter": lambda: board.offer(member, "recruiter", "Planner search"),
            }[what]()
        )

    def contact(self, who: int, where: int) -> None:
        number = len(self.session.scalars(select(Contact.id)).all())
        self.board.contact(
            self.people[who],
            self.company(where),
            email_hash=f"hash{number}",
            connected_on=self.today - dt.timedelta(days=365 * 3),
        )

    def change_contacts(self, who: int, what: str) -> None:
        mine = Contact.owner_id == self.people[who].id
        if what == "delete":
            self.session.execute(delete(Contact).where(mine))
        elif what == "leave alone":
            known = self.session.scalars(select(Contact.email_hash).where(mine)).first()
            if known and not self.session.get(Suppression, known):
                self.session.add(Suppression(address_hash=known, reason="never"))
        else:
            values: dict[str, Any] = {
                "hide": {"hidden": True},
                "rate": {"strength": 3, "hidden": False},
                "move": {"company_id": self.company(0).id},
                "age": {"connected_on": self.today - dt.timedelta(days=365 * 12)},
            }[what]
            self.session.execute(update(Contact).where(mine).values(**values))
        self.session.expire_all()

    def edit(self, which: int, word: str) -> None:
        if self.posts:
            post = self.posts[which % len(self.posts)]
            setattr(post, "roles" if isinstance(post, Target) else "title", word)

    def change_post(self, which: int, **columns: Any) -> None:
        if self.posts:
            for name, value in columns.items():
                setattr(self.posts[which % len(self.posts)], name, value)

    def enrolment(self, who: int) -> Enrolment:
        mine = Enrolment.membership_id == self.people[who].id
        return self.session.scalars(select(Enrolment).where(mine)).one()

    def block(self, who: int, where: int) -> None:
        member = self.people[who]
        member.keep_from = [*member.keep_from, self.companies[where].name]

    def introduce(self, state: str) -> None:
        match = self.last[0]
        by_id = {member.id: member for member in self.people}
        self.make_introduction(
            by_id[match.giver_id],
            by_id[match.receiver_id],
            self.cohort,
            state=state,
            need=match.need,
            need_id=match.need_id,
            asset=match.asset,
            asset_id=match.asset_id,
            company_id=match.company_id,
            key=match.key,
        )

    def merge(self, one: int, other: int) -> None:
        """Merge two companies, as the row says it; what pointed at the first is not moved."""
        given_up, kept = self.companies[one], self.company(other)
        taken = any(company.merged_into_id == given_up.id for company in self.companies)
        if given_up is not kept and not given_up.merged_into_id and not taken:
            given_up.merged_into_id = kept.id

    def root(self, company_id: UUID | None) -> UUID | None:
        found = next((one for one in self.companies if one.id == company_id), None)
        return (found.merged_into_id or found.id) if found else None

    def check(self) -> None:
        matches = self.last
        assert len({match.key for match in matches}) == len(matches)
        assert matches == sorted(matches, key=lambda match: (-match.worth, match.key))
        enrolled = select(Enrolment.membership_id).where(Enrolment.state == "active")
        ids = set(self.session.scalars(enrolled))
        active = {one.id: one for one in self.people if one.state == "active" and one.id in ids}
        past = self.session.scalars(select(Introduction)).all()
        for match in matches:
            assert {match.giver_id, match.receiver_id} <= set(active)
            assert match.giver_id != match.receiver_id
            assert active[match.receiver_id].landed_on is None
            assert 1 <= match.worth <= 100
            self._check_posts(match)
            self._check_kept_from(match, active[match.receiver_id])
            self._check_past(match, past)
            self._check_places(match, [row for row in past if row.receiver_id in active])
            self._check_rivals(match)

    def _check_posts(self, match: Match) -> None:
        model = {"target": Target, "ask": Ask, "lead": Lead}[match.need]
        if match.need == "lead" and match.asset == "offer":
            model = Offer  # a recruiter who is offered is a need of its own
        self._check_open(model, match.need_id, match)
        if match.asset == "door":
            doors = select(Contact).where(
                Contact.owner_id == match.giver_id,
                Contact.hidden.is_(False),
                Contact.email_hash.not_in(select(Suppression.address_hash)),
            )
            known = [self.root(one.company_id) for one in self.session.scalars(doors)]
            assert match.company_id in known
        else:
            models = {"lead": Lead, "buddy": Target}
            self._check_open(models.get(match.asset, Offer), match.asset_id, match)

    def _check_open(self, model: Any, post_id: UUID, match: Match) -> None:
        post = self.session.scalars(select(model).where(model.id == post_id)).one()
        assert post.owner_id in {match.giver_id, match.receiver_id}
        assert post.moderation == "visible"
        assert post.closed_at is None
        assert post.expires_on >= self.today

    def _check_kept_from(self, match: Match, receiver: Membership) -> None:
        for company in self.companies:
            if self.root(company.id) == match.company_id:
                assert company.name not in receiver.keep_from

    def _check_past(self, match: Match, past: Any) -> None:
        for row in past:
            same_pair = (row.giver_id, row.receiver_id) == (match.giver_id, match.receiver_id)
            if row.need_id == match.need_id:
                assert not same_pair
                assert match.need == "lead" or row.state in {"declined", "kept", "expired"}

    def _check_places(self, match: Match, past: Any) -> None:
        """Hold how many a need may still be given to against those it is given to already."""
        if match.need != "lead":
            assert match.places == 1
            return
        opening = select(Lead.id).where(Lead.id == match.need_id, Lead.kind == "opening")
        most = 1 if self.session.scalar(opening) else RECRUITER_PLACES
        given = {*OPEN_STATES[1:], "kept", "let_go"}
        taken = sum(row.need_id == match.need_id and row.state in given for row in past)
        assert match.places == most - taken > 0

    def _check_rivals(self, match: Match) -> None:
        """Hold a match against the coach's rule, with the roles as they were written."""
        if match.company_id is None or self.cohort.rivals == "tell":
            return
        both = [
            self._roles_at(match.company_id, one) for one in (match.giver_id, match.receiver_id)
        ]
        rivals = all(both) and any(
            not one or not other or one == other for one in both[0] for other in both[1]
        )
        if self.cohort.rivals == "first" or match.asset == "lead":
            assert not rivals

    def _roles_at(self, company_id: UUID, member_id: UUID) -> list[str]:
        member = next(one for one in self.people if one.id == member_id)
        open_targets = select(Target).where(
            Target.owner_id == member_id,
            Target.moderation == "visible",
            Target.closed_at.is_(None),
            Target.expires_on >= self.today,
        )
        return [
            target.roles or " ".join(member.titles)
            for target in self.session.scalars(open_targets)
            if self.root(target.company_id) == company_id and member.landed_on is None
        ]
