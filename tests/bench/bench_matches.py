"""Matches: what finding all of a cohort's costs, held against the bare join under them.

Three readings: `search` from scratch, `kept` with nothing changed since they were kept, and `one`
after one target was posted, one contact rated and one profile edited, none of it kept yet.

Run from the checkout: `nice -n 5 python tests/bench/bench_matches.py [--contacts 60000] [--json]`.
One made-up cohort on a PostgreSQL of its own. The bare join is contacts to targets on the
company, of other owners, every row fetched. Figures are medians of several runs in turn, in
seconds by the clock, because the work is done in two processes.
"""

import argparse
import itertools
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg
from sqlalchemy import event, insert, select
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.app import create_app
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.companies.models import Company, CompanyName
from coachhub.companies.names import company_key
from coachhub.contacts.models import Contact
from coachhub.core import schema
from coachhub.core.db import db, now
from coachhub.core.embedded import FAST_AND_LOSABLE, Cluster
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.introductions.calendar import today
from coachhub.introductions.matching.kept import NOTHING
from coachhub.introductions.matching.search import (
    find_matches,
    ground_of,
    keep_matches,
    matches_on,
)
from fixtures_app import config_for

ROOT = Path(__file__).parents[2]
RUNS = 9
BUDGET = 10.0
LINES = ["Logistics", "Finance", "Product", "Nursing", "Sales", "Legal", "Energy", "Data"]
RANKS = ["manager", "analyst", "director", "planner", "officer", "assistant"]
KINDS = ["time", "research", "recruiter", "insider", "article", "skill"]


class Urls:
    """How the two roles reach the bench's database."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.owner = cluster.url("coachhub_owner", name)
        self.app = cluster.url("coachhub_app", name)


def fill(members: int, contacts: int, companies: int) -> Any:
    """Make the firm, its cohort, address books and board; return (firm id, cohort id)."""
    chance = random.Random(7)  # noqa: S311 made-up people, no secret
    firm = Firm(name="Bench", slug="bench")
    db.session.add(firm)
    db.session.flush()
    with scope(firm.id):
        cohort = Cohort(name="Bench", slug="bench")
        db.session.add(cohort)
        people = [join(firm, cohort, number, chance) for number in range(members)]
        known = make_companies(companies)
        # A few employers are everybody's, most are somebody's: weights as 1 / rank.
        weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(companies)))
        fill_books(people, known, weights, contacts, chance)
        fill_board(cohort, people, known, weights, chance)
        db.session.commit()
        return firm.id, cohort.id


def join(firm: Firm, cohort: Cohort, number: int, chance: random.Random) -> Any:
    """Make one member."""
    person = Person(email=f"b{number}@example.org", name=f"B{number}", fs_uniquifier=f"b{number}")
    db.session.add(person)
    db.session.flush()
    db.session.add(Seat(firm_id=firm.id, person_id=person.id))
    db.session.flush()
    line = chance.choice(LINES)
    made = Membership(
        person_id=person.id,
        name=person.name,
        titles=[f"{line} {chance.choice(RANKS)}"],
        fields=[line],
        keep_from=[f"Company {chance.randrange(5000)}"],
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(Enrolment(cohort_id=cohort.id, membership_id=made.id))
    return made.id


def make_companies(companies: int) -> list[Any]:
    """Make companies with one name each."""
    rows = [
        {"id": uuid7(), "name": name, "key": company_key(name)}
        for name in (f"Company {number}" for number in range(companies))
    ]
    db.session.execute(insert(Company), rows)
    names = [{"written": r["name"], "key": r["key"], "company_id": r["id"]} for r in rows]
    db.session.execute(insert(CompanyName), names)
    return [row["id"] for row in rows]


def fill_books(
    people: list[Any], known: list[Any], weights: list[float], contacts: int, chance: random.Random
) -> None:
    """Give every member an address book."""
    rows = [
        {
            "owner_id": people[number % len(people)],
            "fingerprint": f"f{number}",
            "company_id": company,
            "company_name": "as written",
            "position": f"{chance.choice(LINES)} {chance.choice(RANKS)} {chance.choice(LINES)}",
            "connected_on": now().date() - timedelta(days=chance.randrange(5000)),
            "strength": chance.choice([None, None, None, 1, 2, 3]),
            "worked_together": chance.random() < 0.1,
        }
        for number, company in enumerate(chance.choices(known, cum_weights=weights, k=contacts))
    ]
    for start in range(0, len(rows), 5000):
        db.session.execute(insert(Contact), rows[start : start + 5000])


def fill_board(
    cohort: Cohort,
    people: list[Any],
    known: list[Any],
    weights: list[float],
    chance: random.Random,
) -> None:
    """Give every member five targets, three offers, two asks and a lead."""
    until = now().date() + timedelta(days=30)
    for owner in people:
        post = {"cohort_id": cohort.id, "owner_id": owner, "expires_on": until}
        for company in dict.fromkeys(chance.choices(known, cum_weights=weights, k=5)):
            role = f"{chance.choice(LINES)} {chance.choice(RANKS)}"
            db.session.add(Target(**post, company_id=company, roles=role))
        for _ in range(3):
            line, other = chance.choice(LINES), chance.choice(LINES)
            db.session.add(
                Offer(
                    **post,
                    kind=chance.choice(KINDS),
                    title=f"What I know of {line} and {other}",
                    topics=[line],
                    field=line,
                )
            )
        for _ in range(2):
            line = chance.choice(LINES)
            title = f"Help with {line}"
            db.session.add(Ask(**post, kind=chance.choice(KINDS), title=title, topics=[line]))
        line = chance.choice(LINES)
        db.session.add(Lead(**post, kind="opening", title=f"{line} planner", field=line))


def bare_join(cohort_id: Any) -> int:
    """Fetch contacts joined to the cohort's targets on the company: the least there is to do."""
    rows = db.session.execute(
        select(
            Target.id,
            Target.owner_id,
            Target.company_id,
            Contact.owner_id,
            Contact.strength,
            Contact.position,
        )
        .join(Contact, Contact.company_id == Target.company_id)
        .where(Target.cohort_id == cohort_id, Contact.owner_id != Target.owner_id)
    ).all()
    return len(rows)


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds that one run takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    """Run the bench; leave with 1 if it misses its budget."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--members", type=int, default=60)
    options.add_argument("--contacts", type=int, default=60_000)
    options.add_argument("--companies", type=int, default=15_000)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    cluster = Cluster(ROOT / ".run" / "bench-matches-pg", FAST_AND_LOSABLE)
    cluster.start(tied=True)
    cluster.drop_database("bench")
    cluster.create_database("bench")
    urls = Urls(cluster, "bench")
    schema.upgrade(schema.config(urls.owner, urls.app, []))
    app = create_app(config_for(urls), shelf=[])
    with app.app_context():
        firm_id, cohort_id = fill(asked.members, asked.contacts, asked.companies)
        with psycopg.connect(cluster.url("postgres", "bench"), autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE")  # what autovacuum does within a minute
        figures = measure(firm_id, cohort_id)
        db.engine.dispose()
    cluster.drop_database("bench")
    cluster.stop()
    figures |= {"contacts": asked.contacts, "members": asked.members}
    if asked.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        sys.stdout.writelines(f"{name:>12}  {value:g}\n" for name, value in figures.items())
    missed = [name for name in ("ratio", "kept_ratio", "one_ratio") if figures[name] > BUDGET]
    return 1 if missed else 0


def measure(firm_id: Any, cohort_id: Any) -> dict[str, float]:
    """Time the bare join and the readings in turn, and count their statements."""
    with scope(firm_id):
        cohort = db.session.scalars(select(Cohort)).one()
        rows = bare_join(cohort_id)
        matches = len(find_matches(cohort))
        figures: dict[str, float] = {"rows": rows, "matches": matches}
        join, search, statements = timed_in_turn(cohort_id, lambda: find_matches(cohort))
        figures |= {"join": join, "search": search, "statements": statements}
        kept = timed(lambda: keep_matches(cohort_id))
        db.session.commit()
        # Its targets tell PostgreSQL nothing yet; autovacuum would do this within a minute.
        join, again, statements = timed_in_turn(cohort_id, lambda: find_matches(cohort))
        figures |= {"keeping": round(kept, 4), "kept": again, "kept_statements": statements}
        change_a_little(cohort)
        scratch = matches_on(cohort, ground_of(cohort, today()), today(), kept=NOTHING)
        if find_matches(cohort) != scratch:
            raise SystemExit("What was brought up to date differs from what is derived anew.")
        join, one, statements = timed_in_turn(cohort_id, lambda: find_matches(cohort))
        figures |= {"one": one, "one_statements": statements}
    ratio = {name: round(figures[name] / figures["join"], 2) for name in ("kept", "one")}
    return figures | {
        "ratio": round(figures["search"] / figures["join"], 2),
        "kept_ratio": ratio["kept"],
        "one_ratio": ratio["one"],
    }


def timed_in_turn(cohort_id: Any, search: Callable[[], Any]) -> tuple[float, float, int]:
    """Return the medians of the bare join and of a search, and the search's statements."""
    joins, searches = [], []
    seen: list[str] = []

    def count(*args: Any) -> None:
        seen.append(args[2])

    for _ in range(RUNS):
        joins.append(timed(lambda: bare_join(cohort_id)))
        event.listen(db.engine, "before_cursor_execute", count)
        searches.append(timed(search))
        event.remove(db.engine, "before_cursor_execute", count)
    medians = round(statistics.median(joins), 4), round(statistics.median(searches), 4)
    return *medians, len(seen) // RUNS


def change_a_little(cohort: Cohort) -> None:
    """Post a target, rate a contact, and edit a profile."""
    person = db.session.scalars(select(Membership).order_by(Membership.id)).first()
    contact = db.session.scalars(select(Contact).order_by(Contact.id)).first()
    if person is None or contact is None or contact.company_id is None:
        raise SystemExit("Nothing was filled in.")
    contact.strength = 3
    person.titles = ["Nursing director"]
    until = now().date() + timedelta(days=30)
    db.session.add(
        Target(
            cohort_id=cohort.id,
            owner_id=person.id,
            company_id=contact.company_id,
            expires_on=until,
        )
    )
    db.session.flush()


if __name__ == "__main__":
    raise SystemExit(main())
