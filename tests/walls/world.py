"""Two firms with everything in them, to knock on every door from every side."""

from __future__ import annotations

import contextvars
import datetime as dt
import runpy
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from coachhub.accounts.models import Alert, Passkey, Person, SignIn
from coachhub.api.models import Token
from coachhub.api.webhooks.models import Delivery, Webhook
from coachhub.api.webhooks.signing import new_secret
from coachhub.board.models import Ask, CompanyNote, Lead, Offer, Target
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.companies.models import Company, CompanyMerge, CompanyName
from coachhub.console.models import MemberNote, SavedView, Together
from coachhub.contacts.models import Contact, ContactImport
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.core.tokens import hashed
from coachhub.firms.models import Firm, Invitation, Membership, Roster, Seat, StaffVisit
from coachhub.firms.plugins import enable_plugin
from coachhub.firms.sso.models import FirmDomain
from coachhub.introductions.models import Introduction, Round
from coachhub.mail.models import FirmMail
from coachhub.moderation.models import Appeal, Case, Decision, WatchedWord

SOON = dt.date(2100, 1, 1)


class Visitor(FlaskClient):
    """A client whose every request stands alone, as on a server: nothing of the test's context."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)


@dataclass(frozen=True)
class Who:
    """Somebody: their membership, person, and what keeps them signed in."""

    id: UUID
    person_id: UUID
    cookie: str


@dataclass(frozen=True)
class Place:
    """A firm or cohort by id and slug: rows do not outlive a request, these do."""

    id: UUID
    slug: str


@dataclass
class Side:
    """One cohort with its people and things. `things` are made when a route asks for them."""

    session: Session
    firm: Place
    cohort: Place
    member: Who
    other: Who
    coach: Who
    admin: Who
    made: dict[str, Any] = field(default_factory=dict)

    def thing(self, name: str) -> Any:
        """Return the value of a route's argument, of something on this side."""
        if name not in self.made:
            with scope(self.firm.id):
                self.made[name] = THINGS[name](self)
                self.session.commit()
        return self.made[name]

    def add(self, row: Any) -> UUID:
        self.session.add(row)
        self.session.flush()
        made: UUID = row.id
        return made


def make_person(session: Session, name: str, **columns: Any) -> Person:
    key = uuid7().hex
    person = Person(email=f"{key}@example.org", name=name, fs_uniquifier=key, **columns)
    session.add(person)
    session.flush()
    return person


def make_membership(
    session: Session, firm: Place, name: str, role: str = "member", state: str = "active"
) -> Who:
    """Make a person and their membership; the firm's scope must be open."""
    person = make_person(session, name)
    session.add(Seat(firm_id=firm.id, person_id=person.id))
    session.flush()
    made = Membership(person_id=person.id, name=name, role=role, state=state)
    session.add(made)
    session.flush()
    return Who(made.id, person.id, person.fs_uniquifier)


def make_firm(session: Session, slug: str) -> Place:
    firm = Firm(name=slug.title(), slug=slug)
    session.add(firm)
    session.commit()
    return Place(firm.id, slug)


def make_side(session: Session, firm: Place, slug: str) -> Side:
    with scope(firm.id):
        cohort = Cohort(name=slug.title(), slug=slug)
        session.add(cohort)
        session.flush()
        people = {
            "member": make_membership(session, firm, f"Mem {slug}"),
            "other": make_membership(session, firm, f"Oth {slug}"),
            "coach": make_membership(session, firm, f"Coa {slug}", "coach"),
            "admin": make_membership(session, firm, f"Adm {slug}", "admin"),
        }
        enrolments = {}
        for name in ("member", "other", "coach"):
            role = "coach" if name == "coach" else "member"
            row = Enrolment(cohort_id=cohort.id, membership_id=people[name].id, role=role)
            session.add(row)
            session.flush()
            enrolments[name] = row.id
        place = Place(cohort.id, slug)
        session.commit()
    return Side(session, firm, place, **people, made={"enrolment_id": enrolments["other"]})


def _company(side: Side, what: str = "Company") -> UUID:
    name = f"{what} of {side.cohort.slug}"
    company = side.add(Company(name=name, key=name.lower()))
    side.made["name_id"] = side.add(CompanyName(written=name, key=name.lower(), company_id=company))
    return company


def _name(side: Side) -> UUID:
    side.thing("company_id")
    found: UUID = side.made["name_id"]
    return found


def _post(side: Side, table: Any, **columns: Any) -> UUID:
    return side.add(
        table(cohort_id=side.cohort.id, owner_id=side.member.id, expires_on=SOON, **columns)
    )


def _introduction(side: Side) -> UUID:
    return side.add(
        Introduction(
            cohort_id=side.cohort.id, giver_id=side.member.id, receiver_id=side.other.id,
            need="ask", need_id=uuid7(), asset="offer", asset_id=None, reason="why",
            key=uuid7().hex, state="proposed", state_since=now(),
        )
    )  # fmt: skip


def _decided(side: Side) -> UUID:
    """A text of the member's was taken down by the coach."""
    case = Case(
        target_kind="ask", target_id=uuid7(), cohort_id=side.cohort.id,
        author_id=side.member.id, evidence="x", due_at=now(),
    )  # fmt: skip
    side.add(case)
    case.state, case.version = "claimed", 2
    decision = side.add(
        Decision(
            case_id=case.id, decided_by_id=side.coach.id, person_id=side.coach.person_id,
            outcome="upheld", rule="selling", effect="removed",
        )
    )  # fmt: skip
    case.state, case.outcome, case.version = "decided", "upheld", 3
    side.session.flush()
    return decision


def _invitation_token(side: Side) -> str:
    token = uuid7().hex
    side.add(
        Invitation(
            email=f"{token}@example.org", role="member", cohort_id=side.cohort.id,
            token_hash=hashed(token), expires_at=now() + dt.timedelta(days=1),
        )
    )  # fmt: skip
    return token


def _appeal(side: Side) -> UUID:
    """An appeal at the platform's desk: nobody else in the firm could answer it."""
    decision = Decision(
        case_id=side.thing("case_id"), person_id=side.coach.person_id, outcome="upheld",
        rule="other", effect="removed",
    )  # fmt: skip
    side.add(decision)
    return side.add(
        Appeal(
            case_id=decision.case_id, decision_id=decision.id, author_id=side.member.id,
            author_person_id=side.member.person_id, text="Please look again.", due_at=now(),
            at_desk=True,
        )
    )  # fmt: skip


def _visit(person_id: UUID) -> StaffVisit:
    begun = now()
    return StaffVisit(
        created_at=begun, person_id=person_id, name="Stella", reason="To see what is wrong",
        until=begun + dt.timedelta(minutes=60),
    )  # fmt: skip


THINGS: dict[str, Callable[[Side], Any]] = {
    "membership_id": lambda side: side.other.id,
    "company_id": _company,
    "other_id": lambda side: _company(side, "Other"),
    "company_note_id": lambda side: side.add(
        CompanyNote(
            owner_id=side.member.id, company_id=side.thing("company_id"), text="They plan in May"
        )
    ),
    "name_id": _name,
    "cohort_id": lambda side: side.cohort.id,
    "enrolment_id": lambda side: side.made["enrolment_id"],
    "merge_id": lambda side: side.add(
        CompanyMerge(from_id=side.thing("other_id"), into_id=side.thing("company_id"))
    ),
    "offer_id": lambda side: _post(side, Offer, kind="time", title="An hour"),
    "ask_id": lambda side: _post(side, Ask, kind="time", title="An hour, please"),
    "lead_id": lambda side: _post(side, Lead, kind="opening", title="Plant manager"),
    "target_id": lambda side: _post(side, Target, company_id=side.thing("company_id")),
    "post_id": lambda side: side.thing("ask_id"),
    "contact_id": lambda side: side.add(
        Contact(owner_id=side.member.id, fingerprint=uuid7().hex, first_name="Secret")
    ),
    "import_id": lambda side: side.add(ContactImport(owner_id=side.member.id, filename="a.csv")),
    "round_id": lambda side: side.add(
        Round(
            cohort_id=side.cohort.id, number=1, max_ring=4, max_chain=0, give_cap=2, receive_cap=2
        )
    ),
    "introduction_id": _introduction,
    "step_id": lambda side: side.thing("introduction_id"),
    "case_id": lambda side: side.add(
        Case(
            target_kind="ask", target_id=side.thing("ask_id"), cohort_id=side.cohort.id,
            author_id=side.member.id, evidence="x", due_at=now(),
        )
    ),
    "decision_id": _decided,
    "view_id": lambda side: side.add(
        SavedView(owner_id=side.coach.id, name=uuid7().hex, shared=True, filters={"q": "x"})
    ),
    "together_id": lambda side: side.add(
        Together(
            by_id=side.coach.id, outcome="not_upheld", rule="", effect="none", results=[],
            undo_until=now() + dt.timedelta(minutes=10),
        )
    ),
    "remark_id": lambda side: side.add(
        MemberNote(member_id=side.other.id, by_id=side.coach.id, text="A quiet word")
    ),
    "watched_word_id": lambda side: side.add(WatchedWord(word=uuid7().hex)),
    "mail_id": lambda side: side.add(
        FirmMail(
            kind="invitation", to_address="a@example.org", subject="Hello", message_id="<a@b>",
            raw=b"Subject: Hello\r\n\r\n", once=str(uuid7()), state="in_doubt",
        )
    ),
    "invitation_id": lambda side: side.add(
        Invitation(
            email="x@example.org", role="member", token_hash=uuid7().hex,
            expires_at=now() + dt.timedelta(days=1),
        )
    ),
    "passkey_id": lambda side: side.add(
        Passkey(
            person_id=side.other.person_id, credential_id=uuid7().bytes, public_key=b"x",
            backup_state=False, device_type="single_device", name="Phone", usage="first",
            create_datetime=now(), lastuse_datetime=now(),
        )
    ),
    "sign_in_id": lambda side: side.add(
        SignIn(
            person_id=side.other.person_id, key_hash=uuid7().hex, of_hash=hashed(side.other.cookie),
            browser="Firefox", seen_at=now(),
        )
    ),
    "token": _invitation_token,
    "firm_id": lambda side: side.firm.id,
    "roster_id": lambda side: side.add(Roster(filename="people.csv", by_id=side.admin.id)),
    "alert_id": lambda side: side.add(
        Alert(person_id=side.other.person_id, tries=20, last_at=now(), looked_at=now())
    ),
    "appeal_id": _appeal,
    "visit_id": lambda side: side.add(_visit(uuid7())),
    "domain_id": lambda side: side.add(
        FirmDomain(domain=f"{side.cohort.slug}.example.com", proof=uuid7().hex)
    ),
    "webhook_id": lambda side: side.add(
        Webhook(
            name="Desk", address="https://hooks.example.org/desk", secret=new_secret(),
            events=["post.created"],
        )
    ),
    "delivery_id": lambda side: side.add(
        Delivery(
            webhook_id=side.thing("webhook_id"), message=uuid7().hex, event="post.created",
            happened_at=now(), data={}, due_at=now(),
        )
    ),
    "token_id": lambda side: side.add(
        Token(
            membership_id=side.member.id, name="Sheet", token_hash=uuid7().hex, hint="abcd",
            scopes=["me:read"], expires_at=now() + dt.timedelta(days=1),
        )
    ),
}  # fmt: skip
# Each plugin's tests say how to make what stands in its own addresses.
for _found in sorted(Path(__file__).parents[1].glob("plugins/*/things.py")):
    _more = runpy.run_path(str(_found))["THINGS"]
    assert not THINGS.keys() & _more.keys(), f"{_found} makes what is made already"
    THINGS |= _more


@dataclass
class World:
    """Firm A with the cohort that the actors belong to and its sibling, and firm B."""

    app: Flask
    own: Side
    sibling: Side
    foreign: Side
    staff: Who
    visitor_of_own: Who
    suspended: Who
    left: Who
    signed: dict[str, str] = field(default_factory=dict)
    nowhere: dict[Any, int] = field(default_factory=dict)

    def visitor(self, who: Who | None) -> Visitor:
        """Return a client on which somebody is signed in."""
        client = Visitor(self.app, self.app.response_class)
        if who is None:
            return client
        if who.cookie not in self.signed:
            with client.session_transaction() as cookie:
                cookie["_user_id"] = who.cookie
                cookie["_fresh"] = True
                cookie["fs_paa"] = 4102444800.0  # has just shown who they are
            kept = client.get_cookie("session")
            assert kept is not None
            self.signed[who.cookie] = kept.value
        client.set_cookie("session", self.signed[who.cookie])
        return client


def switch_everything_on() -> None:
    """Switch every plugin on, so that its pages are there to be knocked at."""
    for plugin in registry().plugins.values():
        for name in (*plugin.requires, plugin.name):
            enable_plugin(Actor(label="Test"), registry().plugins[name])


def make_world(app: Flask, session: Session) -> World:
    firm_a, firm_b = make_firm(session, "firm-a"), make_firm(session, "firm-b")
    own, sibling = make_side(session, firm_a, "own"), make_side(session, firm_a, "sibling")
    foreign = make_side(session, firm_b, "foreign")
    person = make_person(session, "Staff", is_staff=True)
    staff = Who(person.id, person.id, person.fs_uniquifier)
    looking = make_person(session, "Looking", is_staff=True)
    looking_in = Who(looking.id, looking.id, looking.fs_uniquifier)
    with scope(firm_a.id):
        session.add(_visit(looking.id))
        suspended = make_membership(session, firm_a, "Suspended", state="suspended")
        left = make_membership(session, firm_a, "Left", state="left")
        session.commit()
    for firm in (firm_a, firm_b):
        with scope(firm.id):
            switch_everything_on()
            session.commit()
    return World(app, own, sibling, foreign, staff, looking_in, suspended, left)
