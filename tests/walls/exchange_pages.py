"""How people of the model press buttons: read a page, fill in a form on it, send it."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from bs4 import BeautifulSoup
from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from proofs.crowd import filled
from proofs.firms import mark
from walls.exchange_books import POST, SECRET, Books, House, secret_word
from walls.world import Visitor, Who, World, make_firm, make_side

FIRMS = 3
POSTS = {"ask": Ask, "offer": Offer, "lead": Lead, "target": Target}
numbers = itertools.count(1)


class Pressing(RuleBasedStateMachine):
    """Three firms; whoever acts presses a button on a page that they have just read."""

    app: Flask  # these two are set by the test
    session: Session
    reached: Counter[str]

    def open_doors(self) -> None:
        """Make the firms."""
        self.books, self.signed, self.pressed = Books(self.session), {}, itertools.count(1)
        self.houses = [self.house(number) for number in range(FIRMS)]

    def house(self, number: int) -> House:
        word, slug = mark(number), f"xchange{next(numbers)}"
        side = make_side(self.session, make_firm(self.session, slug), f"own{slug}")
        with scope(side.firm.id):
            self.session.execute(update(Firm).where(Firm.id == side.firm.id).values(name=word))
            self.session.execute(update(Cohort).values(name=f"Spring {word}"))
            self.session.execute(update(Membership).values(name=Membership.name + f" {word}"))
            names = {secret_word("named"): one.id for one in (side.member, side.other)}
            for name, member_id in names.items():
                mine = update(Membership).where(Membership.id == member_id)
                self.session.execute(mine.values(name=f"{name} {word}"))
            rows = self.session.execute(
                select(Membership.id, Person.email).join(Person, Person.id == Membership.person_id)
            ).all()
            addresses = {row.id: row.email for row in rows}
            self.session.commit()
        people = {one.id: addresses[one.id] for one in (side.member, side.other)}
        return House(side, word, people, names)

    # How somebody reads and presses.

    def visitor(self, who: Who | None) -> Visitor:
        return World.visitor(self, who)  # type: ignore[arg-type]

    def read(self, house: House, who: Who | None, path: str) -> Any:
        answer = self.visitor(who).get(path)
        self.books.look(house, who, answer)
        return answer

    def press(self, house: House, who: Who | None, path: str, ends: str = "", **given: str) -> bool:
        """Fill in the form on a page whose action `ends` so; return whether it was taken."""
        page = self.read(house, who, path)
        if page.status_code != 200:
            return False
        for form in BeautifulSoup(page.text, "html.parser").find_all("form"):
            action = str(form.get("action") or path)
            if str(form.get("method", "")).lower() != "post" or not action.endswith(ends or path):
                continue
            chance = random.Random(next(self.pressed))  # noqa: S311 - no secret
            fields = [
                (
                    name,
                    f"A good word, and thank you, {house.mark}" if "good word" in value else value,
                )
                for name, value in filled(form, chance)
                if name not in given
            ]
            if chosen := form.find("option", value=dict(fields).get("contact", "nobody")):
                secret = SECRET.search(chosen.get_text())
                given["email"] = f"{secret.group()}@example.org" if secret else ""
                fields = [(name, value) for name, value in fields if name != "email"]
            sent = [*fields, *((name, value) for name, value in given.items() if value)]
            answer = self.visitor(who).post(
                action, data=urlencode(sent), content_type="application/x-www-form-urlencoded"
            )
            self.books.look(house, who, answer)
            self.work()
            return bool(answer.status_code in {302, 303})
        return False

    def work(self) -> None:
        """Let the workers do what is waiting."""
        queue().drain()
        self.session.expire_all()

    def rows(self, house: House, table: Any, *where: Any) -> list[Any]:
        with scope(house.firm.id):
            query = select(table).where(*where).order_by(table.id)
            return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def who(self, house: House, membership_id: UUID) -> Who:
        with scope(house.firm.id):
            row = self.session.scalars(
                select(Person)
                .join(Membership, Membership.person_id == Person.id)
                .where(Membership.id == membership_id)
            ).one()
        return Who(membership_id, row.id, row.fs_uniquifier)

    def somebody(self, house: House, pick: int) -> Who | None:
        there = sorted(set(house.people) - house.gone)
        return self.who(house, there[pick % len(there)]) if there else None

    def did(self, house: House, what: str, *acts: str) -> None:
        """Remember what happened, and which entries it must have left."""
        self.reached[what] += 1
        house.acts.update(acts)

    def company(self, house: House, number: int) -> str:
        return f"{('Harbour', 'Meadow')[number]} {house.mark} Works"

    def words_of(self, row: Any) -> set[str]:
        if row is None:
            return set()
        return set(POST.findall(getattr(row, "title", "") or str(row.roles)))

    def post_with(self, house: House, post_id: UUID) -> Any:
        """Return the post with this id, of whichever kind, or nothing."""
        found = (self.rows(house, table, table.id == post_id) for table in POSTS.values())
        return next((rows[0] for rows in found if rows), None)
