"""Making the demo: firms, cohorts, people, posts, contacts, and a round half-way through.

Everything goes through the rooms' own operations, so the demo obeys the same rules as people do.
The same scale always gives the same demo.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import dataclass, field

from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.accounts.operations import add_person
from coachhub.board import operations as board
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts import operations as cohorts
from coachhub.cohorts.models import Cohort
from coachhub.companies.catalogue import entries
from coachhub.companies.operations import identify_many
from coachhub.contacts.models import Contact
from coachhub.core.access import Actor, platform
from coachhub.core.db import db, now
from coachhub.core.plugins import registry
from coachhub.core.secrets import fingerprint
from coachhub.core.tenancy import current_firm_id, scope
from coachhub.demo import words
from coachhub.firms import operations as firms
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin
from coachhub.permissions import Standing

PASSWORD = "many small kindnesses"  # noqa: S105 - of made-up people, on a trial machine
DESK = platform("demo")
PERSONAL = frozenset({Standing.ANYONE, Standing.PERSON, Standing.MEMBER})


@dataclass(frozen=True)
class Group:
    """A cohort to make: its name, what its members are from, how many they are."""

    name: str
    fields: tuple[str, ...]
    members: int


@dataclass(frozen=True)
class House:
    """A firm to make."""

    name: str
    slug: str
    colour: str
    groups: tuple[Group, ...]


HOUSES = (
    House(
        "Harbour Transitions",
        "harbour",
        "#1f6f6b",
        (
            Group("Energy and industry", ("energy", "industry"), 22),
            Group("Finance and technology", ("finance", "technology"), 18),
        ),
    ),
    House(
        "Northlight Careers",
        "northlight",
        "#7a2f5f",
        (Group("Spring cohort", ("consumer", "health", "technology"), 20),),
    ),
)


@dataclass
class Cast:
    """The people of one cohort, with the field each is from."""

    cohort: Cohort
    coach: Membership
    members: list[Membership] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)


class Builder:
    """Builds one firm of the demo, reproducibly: the copy of a house with this number."""

    def __init__(self, house: House, copy: int = 1) -> None:
        """Begin; nothing is made yet."""
        tail = "" if copy == 1 else f"-{copy}"
        self.house = house
        self.title = house.name if copy == 1 else f"{house.name} {copy}"
        self.slug = house.slug + tail
        self.chance = random.Random(self.slug)  # noqa: S311 - made-up people, no secrets
        pairs = [f"{first} {last}" for last in words.LAST for first in words.FIRST]
        self.chance.shuffle(pairs)
        self.names = itertools.cycle(pairs)
        self.number = itertools.count(1)
        self.hash: str | None = None

    def person(self, address: str = "", name: str = "") -> Person:
        """Make a person; all of them have the demo's password."""
        name = name or next(self.names)
        local = name.lower().replace(" ", ".")
        address = address or f"{local}.{next(self.number)}@{self.slug}.example.org"
        made = add_person(address, name, None if self.hash else PASSWORD)
        # One password for all, hashed once: sixty slow hashes would be all that a start does.
        self.hash = made.password = made.password or self.hash
        return made

    def firm(self) -> Firm:
        """Make the firm with its admin, cohorts and all that is in them."""
        firm = firms.create_firm(DESK, self.title, self.slug, colour=self.house.colour)
        with scope(firm.id):
            admin = self.person(f"admin@{self.slug}.example.org", "Adele Admin")
            firms.add_member(DESK, admin, "admin")
            for plugin in registry().plugins.values():
                enable_plugin(DESK, plugin)
            for order, group in enumerate(self.house.groups, 1):
                self.cohort(group, f"{order}@{self.slug}.example.org")
        return firm

    def cohort(self, group: Group, at: str) -> Cast:
        """Make a cohort: coach, members, posts, contacts; the first one has a round released."""
        cohort = cohorts.create_cohort(DESK, cohorts.CohortDraft(group.name))
        coach = firms.add_member(DESK, self.person(f"coach{at}"), "coach")
        cohorts.enrol(DESK, cohort, coach, "coach")
        cast = Cast(cohort, coach)
        for place in range(group.members):
            address = f"member{at}" if place == 0 else ""
            member = firms.add_member(DESK, self.person(address))
            cohorts.enrol(DESK, cohort, member)
            cast.members.append(member)
            cast.fields.append(group.fields[place % len(group.fields)])
        for member, line in zip(cast.members, cast.fields, strict=True):
            self.posts(cast, member, line)
        self.contacts(cast, group.fields)
        self.quiet_ones(cast)
        db.session.flush()
        return cast

    def posts(self, cast: Cast, member: Membership, line: str) -> None:
        """Let a member say what they look for, and post targets, offers and an ask."""
        pick = self.chance
        actor = self.actor(member)
        role = pick.choice(words.ROLES[line])
        places = tuple(pick.sample(words.PLACES, 2))
        firms.update_profile(
            actor,
            member,
            firms.Profile(
                headline=f"{role}, {pick.randint(8, 24)} years in {line}",
                titles=(role,),
                fields=(line,),
                places=places,
                interests=pick.choice(("Fishing and maps", "Choir", "Old bicycles", "Baking")),
            ),
        )
        member.welcomed_at = now() - dt.timedelta(days=pick.randint(5, 40))
        companies = words.COMPANIES[line]
        stages = ("wish", "wish", "reaching_out", "talking", "interviewing", "no")
        for company in pick.sample(companies, pick.randint(2, 4)):
            board.post_target(
                actor,
                cast.cohort,
                board.TargetDraft(
                    company, role, pick.choice(words.LEARN), pick.choice(stages), pick.randint(1, 3)
                ),
            )
        former = pick.choice(companies)
        board.post_offer(
            actor,
            cast.cohort,
            board.OfferDraft(
                "insider",
                f"{pick.randint(3, 12)} years at {former}, until {pick.randint(2022, 2025)}",
                "Ask me how they hire, who decides, and what counts there.",
                former,
                line,
            ),
        )
        for kind, title, body, topics in pick.sample(words.OFFERS, pick.randint(1, 2)):
            draft = board.OfferDraft(
                kind, title.format(field=line), body.format(field=line), "", line, topics
            )
            board.post_offer(actor, cast.cohort, draft)
        for kind, title, body, topics in pick.sample(words.ASKS, pick.randint(0, 1)):
            board.post_ask(
                actor,
                cast.cohort,
                board.AskDraft(
                    kind, title.format(field=line), body.format(field=line), "", line, topics
                ),
            )
        if pick.random() < 0.2:  # noqa: PLR2004 - one in five has heard of something
            board.post_lead(
                actor,
                cast.cohort,
                board.LeadDraft(
                    "opening",
                    pick.choice(words.ROLES[line]),
                    "Heard at a trade meeting.",
                    pick.choice(companies),
                    line,
                    places[0],
                    "a former colleague",
                ),
            )

    def contacts(self, cast: Cast, lines: tuple[str, ...]) -> None:
        """Give each member an address book of some hundreds, mostly from their field."""
        pick = self.chance
        wanted = [one for companies in words.COMPANIES.values() for one in companies]
        everywhere = wanted + pick.sample(sorted(row.name for row in entries()), 400)
        known = identify_many(everywhere)
        today = now().date()
        rows = []
        for member, line in zip(cast.members, cast.fields, strict=True):
            near = [one for near_line in (line, *lines) for one in words.COMPANIES[near_line]]
            # Most people know somebody at a handful of the companies that others want to reach.
            own = pick.sample(near, 5)
            for place in range(pick.randint(150, 420)):
                company = pick.choice(own if pick.random() < 0.1 else everywhere)  # noqa: PLR2004
                first, last = pick.choice(words.FIRST), pick.choice(words.LAST)
                has_mail = pick.random() < 0.15  # noqa: PLR2004 - most exports have few addresses
                rows.append(
                    {
                        "id": uuid7(),
                        "firm_id": current_firm_id(),
                        "created_at": now(),
                        "owner_id": member.id,
                        "fingerprint": fingerprint("contact", f"{member.id}/{place}"),
                        "first_name": first,
                        "last_name": last,
                        "email": f"{first}.{last}.{place}@example.com".lower() if has_mail else "",
                        "url": "",
                        "note": "",
                        "company_name": company,
                        "company_id": known[company],
                        "position": pick.choice(words.POSITIONS),
                        "connected_on": today - dt.timedelta(days=pick.randint(20, 4000)),
                        "strength": pick.choice((None, None, None, 1, 2, 2, 3)),
                        "worked_together": pick.random() < 0.1,  # noqa: PLR2004
                        "hidden": False,
                    }
                )
        db.session.execute(insert(Contact), rows)

    def quiet_ones(self, cast: Cast) -> None:
        """Make some members look lively and some not, so that the coach's page has a story."""
        for place, member in enumerate(cast.members):
            days = 14 if place % 9 == 8 else self.chance.randint(0, 6)  # noqa: PLR2004
            member.seen_at = now() - dt.timedelta(days=days)
        for kind in (Target, Offer, Ask, Lead):
            posts = select(kind).where(kind.cohort_id == cast.cohort.id).order_by(kind.id)
            for post in db.session.scalars(posts):
                post.created_at = now() - dt.timedelta(days=self.chance.uniform(0.1, 18))
        asks = select(Ask).where(Ask.cohort_id == cast.cohort.id).order_by(Ask.id)
        for ask in db.session.scalars(asks.limit(2)):
            ask.created_at = now() - dt.timedelta(days=9)

    def actor(self, membership: Membership, *more: Standing) -> Actor:
        """Return a member as the one who acts."""
        return Actor(
            label=membership.name,
            person_id=membership.person_id,
            membership_id=membership.id,
            standings=PERSONAL | frozenset(more or (Standing.COHORT_MEMBER,)),
        )
