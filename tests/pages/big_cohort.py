"""A cohort of any size with everything that its pages speak of, written in a few statements."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person, SignIn
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.companies.models import Company, CompanyName
from coachhub.companies.names import company_key
from coachhub.contacts.models import Contact
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.core.tokens import hashed
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.firms.plugins import enable_plugin
from coachhub.introductions.models import Introduction, Round

LINES = ("Logistics", "Finance", "Product", "Nursing", "Sales", "Legal", "Energy", "Data")
RANKS = ("manager", "analyst", "director", "planner", "officer")
KINDS = ("time", "research", "recruiter", "insider", "article", "skill")
BOOK = 8  # contacts in each address book
ROUND_OF = 3  # of so many members one gives in the draft


@dataclass(frozen=True)
class Big:
    """Where it is, and how its people are signed in: their cookie's user and key."""

    firm: str
    cohort: str
    round_id: UUID
    member: tuple[str, str]
    coach: tuple[str, str]

    def paths(self) -> dict[str, tuple[str, tuple[str, str]]]:
        """Return the four pages that are read most, each with who reads it."""
        inside = f"/f/{self.firm}/c/{self.cohort}/"
        return {
            "board": (f"{inside}board", self.member),
            "home": (f"/f/{self.firm}/", self.member),
            "dashboard": (inside, self.coach),
            "studio": (f"{inside}rounds/{self.round_id}", self.coach),
        }


def make_big(slug: str, members: int, cards: int) -> Big:
    """Make a firm with one cohort of so many members, and so many cards on its board."""
    firm = Firm(name=slug.title(), slug=slug)
    db.session.add(firm)
    db.session.flush()
    with scope(firm.id):
        for plugin in registry().plugins.values():
            for name in (*plugin.requires, plugin.name):
                enable_plugin(Actor(label="Made"), registry().plugins[name])
        cohort = Cohort(name="First light", slug="first-light")
        db.session.add(cohort)
        db.session.flush()
        people = [_somebody(firm, cohort, number, "member") for number in range(members)]
        coach = _somebody(firm, cohort, members, "coach")
        _put_down([*people, coach])
        ids = [one["membership"]["id"] for one in people]
        companies = _companies(max(6, cards // 4))
        _board(cohort, ids, companies, cards)
        _books(ids, companies)
        round_id = _rounds(cohort, ids)
        db.session.commit()
    return Big(slug, "first-light", round_id, people[0]["signed_in"], coach["signed_in"])


def _somebody(firm: Firm, cohort: Cohort, number: int, role: str) -> dict[str, Any]:
    """Lay out the rows of one person: who they are, that they are in, and one sign-in."""
    person, membership, key = uuid7(), uuid7(), uuid7().hex
    line = LINES[number % len(LINES)]
    name = f"{line} Person {number}"
    begun = now() - dt.timedelta(days=30)
    return {
        "signed_in": (person.hex, key),
        "person": {
            "id": person, "email": f"{person.hex}@example.org", "name": name,
            "fs_uniquifier": person.hex,
        },
        "sign_in": {
            "person_id": person, "key_hash": hashed(key), "of_hash": hashed(person.hex),
            "browser": "Firefox on Linux", "seen_at": now(),
        },
        "seat": {"firm_id": firm.id, "person_id": person},
        "membership": {
            "id": membership, "person_id": person, "name": name, "role": role,
            "titles": [f"{line} {RANKS[number % len(RANKS)]}"], "fields": [line],
            "welcomed_at": begun, "seen_at": now() - dt.timedelta(days=0 if number == 0 else 12),
        },
        "enrolment": {
            "cohort_id": cohort.id, "membership_id": membership, "role": role,
            "created_at": begun,
        },
    }  # fmt: skip


def _put_down(people: Sequence[dict[str, Any]]) -> None:
    tables: tuple[tuple[Any, str], ...] = (
        (Person, "person"),
        (SignIn, "sign_in"),
        (Seat, "seat"),
        (Membership, "membership"),
        (Enrolment, "enrolment"),
    )
    for table, name in tables:
        db.session.execute(insert(table), [one[name] for one in people])


def _companies(many: int) -> list[UUID]:
    rows = [
        {"id": uuid7(), "name": name, "key": company_key(name)}
        for name in (f"Harbour Works {number}" for number in range(many))
    ]
    db.session.execute(insert(Company), rows)
    names = [{"written": one["name"], "key": one["key"], "company_id": one["id"]} for one in rows]
    db.session.execute(insert(CompanyName), names)
    return [one["id"] for one in rows]


def _board(cohort: Cohort, people: Sequence[UUID], companies: Sequence[UUID], cards: int) -> None:
    """Put cards on the board: four tenths offers, two asks, one leads, three companies wanted."""
    whose, where = itertools.cycle(people), itertools.cycle(companies)
    rows: dict[Any, list[dict[str, Any]]] = {Offer: [], Ask: [], Lead: [], Target: []}
    for number in range(cards):
        line = LINES[number % len(LINES)]
        model = (Offer, Ask, Offer, Target, Lead, Offer, Target, Ask, Offer, Target)[number % 10]
        posted = now() - dt.timedelta(minutes=number)
        row: dict[str, Any] = {
            "id": uuid7(), "cohort_id": cohort.id, "owner_id": next(whose),
            "created_at": posted, "expires_on": posted.date() + dt.timedelta(days=60),
        }  # fmt: skip
        if model is Target:
            # A member has a company once: the companies go round, and so do the members.
            row |= {"company_id": companies[len(rows[Target]) % len(companies)], "roles": line}
            row |= {"next_touch_on": posted.date() if number < 10 else None}
        else:
            row |= {
                "kind": "opening" if model is Lead else KINDS[number % len(KINDS)],
                "title": f"What I know of {line} at work {number}", "field": line,
                "body": f"An hour on {line}: how they plan, whom they ask, what they look for.",
                "company_id": next(where) if number % 3 else None,
            }  # fmt: skip
            if model is not Lead:
                row |= {"topics": [line, RANKS[number % len(RANKS)]]}
        rows[model].append(row)
    for model, some in rows.items():
        db.session.execute(insert(model), some)


def _books(people: Sequence[UUID], companies: Sequence[UUID]) -> None:
    where = itertools.cycle(companies)
    rows = [
        {
            "owner_id": owner, "fingerprint": f"{owner.hex}{number}", "company_id": next(where),
            "company_name": "as written", "position": f"{LINES[number % 8]} manager",
            "strength": (None, 1, 2, 3)[number % 4],
        }
        for owner in people
        for number in range(BOOK)
    ]  # fmt: skip
    db.session.execute(insert(Contact), rows)


def _rounds(cohort: Cohort, people: Sequence[UUID]) -> UUID:
    """Make a round that was released, with answers that wait, and a draft; return the draft."""
    released, draft = uuid7(), uuid7()
    base = {"cohort_id": cohort.id, "max_ring": 3, "max_chain": 0, "give_cap": 2, "receive_cap": 2}
    rounds = [
        {**base, "id": released, "number": 1, "state": "released", "released_at": now()},
        {**base, "id": draft, "number": 2, "state": "draft", "worth": 80.0, "bound": 80.0,
         "served": len(people) // ROUND_OF * ROUND_OF},
    ]  # fmt: skip
    for row in rounds:
        db.session.execute(insert(Round), [row])
    rows = []
    for round_id in (released, draft):
        for first in range(0, len(people) - ROUND_OF + 1, ROUND_OF):
            ring = people[first : first + ROUND_OF]
            for place, giver in enumerate(ring):
                rows.append(
                    {
                        "cohort_id": cohort.id, "round_id": round_id, "ring": first // ROUND_OF + 1,
                        "position": place, "giver_id": giver,
                        "receiver_id": ring[(place + 1) % ROUND_OF], "need": "ask",
                        "need_id": uuid7(), "asset": "offer", "asset_id": uuid7(),
                        "worth": 40.0, "reason": "They know what the other asks about.",
                        "key": uuid7().hex, "state": "proposed", "state_since": now(),
                    }
                )  # fmt: skip
    db.session.execute(insert(Introduction), rows)
    db.session.execute(
        update(Introduction)
        .where(Introduction.round_id == released)
        .values(state="giver_asked", giver_asked_at=now())
    )
    return draft
