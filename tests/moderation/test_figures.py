"""The page of figures says what plain SQL says, for this firm alone, and names nobody."""

from __future__ import annotations

import datetime as dt
import html
import random
from collections.abc import Callable
from dataclasses import fields
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.cohorts.models import Cohort
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.moderation.models import Appeal, Case, Decision, Penalty, Report, Strike
from coachhub.moderation.queries.figures import Figures, figures
from coachhub.moderation.rules import RULES
from fixtures_group import Group

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
LONG_AGO = dt.timedelta(days=400)


def history(session: Session, authors: list[Membership], seed: int, count: int) -> None:
    """Write a made-up year of moderation into the open firm, every kind of ending in it."""
    luck = random.Random(seed)  # noqa: S311 - made-up rows, the same ones each time
    ids = [one.id for one in authors]
    people = {one.id: one.person_id for one in authors}
    for number in range(count):
        came = NOW - dt.timedelta(hours=luck.uniform(1, LONG_AGO.total_seconds() / 3600))
        author, moderator = luck.sample(ids, 2)
        origin = luck.choice(("report", "report", "guard", "first_posts", "penalty", "mended"))
        made = Case(
            target_kind="offer", target_id=uuid7(), author_id=author, evidence="x", label="x",
            origin=origin, created_at=came, due_at=came + dt.timedelta(hours=luck.choice((4, 24))),
        )  # fmt: skip
        session.add(made)
        session.flush()
        for reporter in luck.sample(ids, luck.randint(0, 3)):
            reason = luck.choice(RULES).code
            session.add(
                Report(case_id=made.id, reporter_id=reporter, reason=reason, created_at=came)
            )
        if number % 5 == 0:
            continue
        _decide(session, luck, made, moderator, people)
        if number % 7 == 0 and made.outcome == "upheld":
            _appeal(session, luck, made, author, people)
    session.flush()


def _step(session: Session, made: Case, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(made, name, value)
    made.version += 1
    session.flush()


def _decide(
    session: Session, luck: random.Random, made: Case, moderator: UUID, people: dict[UUID, UUID]
) -> None:
    at = made.created_at + dt.timedelta(hours=luck.uniform(0.1, 40))
    machine = luck.random() < 0.2
    effect = luck.choice(("none", "message", "returned", "redacted", "removed"))
    outcome = "not_upheld" if effect == "none" else "upheld"
    columns = {
        "case_id": made.id, "by_machine": machine,
        "person_id": None if machine else people[moderator],
        "decided_by_id": None if machine else moderator,
        "outcome": outcome, "effect": effect,
        "rule": luck.choice(RULES).code, "created_at": at,
    }  # fmt: skip
    if luck.random() < 0.3:
        session.add(Decision(**{**columns, "undone_at": at + dt.timedelta(minutes=3)}))
        session.flush()
    standing = Decision(**columns)
    session.add(standing)
    session.flush()
    _step(session, made, state="claimed", claimed_by_id=moderator, claimed_at=at)
    _step(session, made, state="decided", outcome=outcome)
    if effect == "removed" and made.author_id:
        session.add(
            Strike(
                decision_id=standing.id, member_id=made.author_id, rule=standing.rule,
                expires_at=at + dt.timedelta(days=90), created_at=at,
            )
        )  # fmt: skip
        session.add(
            Penalty(
                decision_id=standing.id, case_id=made.id, member_id=made.author_id,
                kind=luck.choice(("held", "paused")), starts_at=at,
                ends_at=at + dt.timedelta(days=3), created_at=at,
            )
        )  # fmt: skip


def _appeal(
    session: Session, luck: random.Random, made: Case, author: UUID, people: dict[UUID, UUID]
) -> None:
    standing = (
        session.query(Decision).filter(Decision.case_id == made.id, Decision.undone_at.is_(None))
    ).one()
    at = standing.created_at + dt.timedelta(hours=5)
    asked = Appeal(
        case_id=made.id, decision_id=standing.id, author_id=author,
        author_person_id=people[author], text="Please", due_at=at, created_at=at,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    _step(session, made, state="appealed")
    if luck.random() < 0.3:
        return
    other = next(one for one in people if one != author and people[one] != standing.person_id)
    asked.outcome = luck.choice(("upheld", "overturned"))
    asked.answer, asked.person_id, asked.answered_by_id = "So be it", people[other], other
    asked.answered_at = at + dt.timedelta(hours=luck.uniform(1, 90))
    _step(session, made, state="closed", verdict=asked.outcome)


NUMBERS = {
    "reports": """SELECT count(*) FROM moderation_report
        WHERE firm_id = :firm AND created_at >= :since""",
    "cases": """SELECT count(*) FROM moderation_case
        WHERE firm_id = :firm AND created_at >= :since""",
    "found_by_machine": """SELECT count(*) FROM moderation_case
        WHERE firm_id = :firm AND created_at >= :since AND origin = 'guard'""",
    "decided": """SELECT count(*) FROM moderation_decision
        WHERE firm_id = :firm AND created_at >= :since
        AND undone_at IS NULL AND appeal_id IS NULL""",
    "by_machine": """SELECT count(*) FROM moderation_decision
        WHERE firm_id = :firm AND created_at >= :since
        AND undone_at IS NULL AND appeal_id IS NULL AND by_machine""",
    "in_time": """SELECT count(*) FROM moderation_decision d
        JOIN moderation_case c ON (c.firm_id, c.id) = (d.firm_id, d.case_id)
        WHERE d.firm_id = :firm AND d.created_at >= :since AND d.created_at <= c.due_at
        AND d.undone_at IS NULL AND d.appeal_id IS NULL""",
    "median_hours": """SELECT percentile_cont(0.5) WITHIN GROUP
        (ORDER BY extract(epoch FROM d.created_at - c.created_at)) / 3600
        FROM moderation_decision d
        JOIN moderation_case c ON (c.firm_id, c.id) = (d.firm_id, d.case_id)
        WHERE d.firm_id = :firm AND d.created_at >= :since
        AND d.undone_at IS NULL AND d.appeal_id IS NULL""",
    "appeals": """SELECT count(*) FROM moderation_appeal
        WHERE firm_id = :firm AND created_at >= :since""",
    "overturned": """SELECT count(*) FROM moderation_appeal
        WHERE firm_id = :firm AND created_at >= :since AND outcome = 'overturned'""",
    "median_appeal_hours": """SELECT percentile_cont(0.5) WITHIN GROUP
        (ORDER BY extract(epoch FROM answered_at - created_at)) / 3600
        FROM moderation_appeal
        WHERE firm_id = :firm AND created_at >= :since AND outcome <> ''""",
    "strikes": """SELECT count(*) FROM moderation_strike
        WHERE firm_id = :firm AND created_at >= :since""",
    "waiting": """SELECT count(*) FROM moderation_case
        WHERE firm_id = :firm AND state IN ('open', 'claimed') AND :since IS NOT NULL""",
    "overdue": """SELECT count(*) FROM moderation_case
        WHERE firm_id = :firm AND state IN ('open', 'claimed') AND due_at < now()
        AND :since IS NOT NULL""",
}
COUNTS = {
    "by_reason": """SELECT reason, count(*) FROM moderation_report
        WHERE firm_id = :firm AND created_at >= :since GROUP BY 1""",
    "by_origin": """SELECT origin, count(*) FROM moderation_case
        WHERE firm_id = :firm AND created_at >= :since GROUP BY 1""",
    "by_outcome": """SELECT outcome, count(*) FROM moderation_decision
        WHERE firm_id = :firm AND created_at >= :since
        AND undone_at IS NULL AND appeal_id IS NULL GROUP BY 1""",
    "by_effect": """SELECT effect, count(*) FROM moderation_decision
        WHERE firm_id = :firm AND created_at >= :since
        AND undone_at IS NULL AND appeal_id IS NULL GROUP BY 1""",
    "by_rule": """SELECT rule, count(*) FROM moderation_decision
        WHERE firm_id = :firm AND created_at >= :since AND effect <> 'none'
        AND undone_at IS NULL AND appeal_id IS NULL GROUP BY 1""",
    "by_verdict": """SELECT outcome, count(*) FROM moderation_appeal
        WHERE firm_id = :firm AND created_at >= :since AND outcome <> '' GROUP BY 1""",
    "by_penalty": """SELECT kind, count(*) FROM moderation_penalty
        WHERE firm_id = :firm AND created_at >= :since GROUP BY 1""",
}
EVER = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def year(
    group: Group, make_firm: Callable[..., Firm], make_member: Callable[..., Membership]
) -> Group:
    """Two firms with a year behind each."""
    other = make_firm()
    for firm, seed, count in ((group.firm, 1, 90), (other, 2, 40)):
        members = [make_member(firm=firm) for _number in range(6)]
        with scope(firm.id):
            history(group.session, members, seed, count)
    group.session.commit()
    return group


@pytest.mark.parametrize("days", [30, 90, 365, None])
def test_equal_to_plain_sql(year: Group, days: int | None) -> None:
    since = NOW - dt.timedelta(days=days) if days else None
    with scope(year.firm.id):
        values = {"firm": year.firm.id, "since": since or EVER}
        found = figures(since)
        for name, statement in NUMBERS.items():
            number = year.session.execute(text(statement), values).scalar()
            told = getattr(found, name)
            assert (told is None) == (number is None), name
            assert told is None or told == pytest.approx(float(number), abs=1 / 3600), name
        for name, statement in COUNTS.items():
            rows = year.session.execute(text(statement), values)
            assert getattr(found, name) == {row[0]: row[1] for row in rows}, name
        assert {one.name for one in fields(Figures)} <= NUMBERS.keys() | COUNTS.keys()
        if since is None:  # nothing is compared with nothing
            assert all(getattr(found, name) for name in (NUMBERS | COUNTS).keys() - {"overdue"})


def test_everybody_sees_it_and_nobody_is_named(year: Group) -> None:
    client = year.client("ben")
    page = html.unescape(client.get(f"/f/{year.firm.slug}/house-rules/figures?days=0").text)
    with scope(year.firm.id):
        found = figures()
    assert f'<span class="stat-value">{found.cases}</span>' in page
    assert f'<span class="stat-value">{found.decided}</span>' in page
    assert "Pointed out by a machine" in page
    main = page[page.index("<main") : page.index("</main")]
    assert "Person " not in main
    for days in ("90", "nonsense", "-1"):
        assert client.get(f"/f/{year.firm.slug}/house-rules/figures?days={days}").status_code == 200


def test_a_firm_in_which_nothing_happened(group: Group, make_cohort: Callable[..., Cohort]) -> None:
    make_cohort()
    page = group.client("ben").get(f"/f/{group.firm.slug}/house-rules/figures").text
    assert "Nothing in this time" in page
