"""Wall 1: a firm's table is confined in every query shape, and closed without a scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    table,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased, selectinload

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db
from coachhub.core.tenancy import ScopeError, scope
from coachhub.firms.models import Firm, Membership

C, E, M = Cohort, Enrolment, Membership
T = Cohort.__table__
Other = aliased(Cohort)


@pytest.fixture
def two(
    make_firm: Callable[..., Firm],
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
) -> tuple[Firm, Firm]:
    """Two firms; the first has 2 cohorts with a member each, the second 3."""
    firms = make_firm(), make_firm()
    for firm, size in zip(firms, (2, 3), strict=True):
        for number in range(size):
            cohort = make_cohort(f"{firm.slug} cohort {number}", firm=firm)
            make_member(firm=firm, cohorts=(cohort,))
    return firms


def names(session: Session, query: Any) -> list[Any]:
    return list(session.execute(query).scalars())


SHAPES: dict[str, Callable[[Session], int]] = {
    "select": lambda s: len(names(s, select(C))),
    "columns": lambda s: len(names(s, select(C.name))),
    "column with label": lambda s: len(names(s, select(C.name.label("x")))),
    "count of entity": lambda s: s.scalar(select(func.count(C.id))),
    "count with select_from": lambda s: s.scalar(select(func.count()).select_from(C)),
    "count of subquery": lambda s: s.scalar(
        select(func.count()).select_from(select(C.id).subquery())
    ),
    "subquery": lambda s: len(names(s, select(select(C).subquery().c.name))),
    "cte": lambda s: len(names(s, select(select(C).cte("c").c.name))),
    "alias": lambda s: len(names(s, select(Other))),
    "alias columns": lambda s: len(names(s, select(Other.name))),
    "join": lambda s: len(names(s, select(C).join(E, E.cohort_id == C.id))),
    "join from the other side": lambda s: len(
        names(s, select(C.name).select_from(E).join(C, E.cohort_id == C.id))
    ),
    "outer join": lambda s: len(names(s, select(C).outerjoin(E, E.cohort_id == C.id))),
    "outer join to all": lambda s: (
        len(names(s, select(C.name).outerjoin(M, literal(value=True))))
        // s.scalar(select(func.count()).select_from(M))
    ),
    "join on true": lambda s: len(
        names(s, select(func.distinct(C.id)).join(Other, literal(value=True)))
    ),
    "union": lambda s: len(names(s, union_all(select(C.name), select(C.name)))) // 2,
    "legacy query": lambda s: s.query(C).count(),
    "legacy query columns": lambda s: len(s.query(C.name).all()),
    "bare table": lambda s: len(s.execute(select(T)).all()),
    "bare table column": lambda s: len(s.execute(select(T.c.name)).all()),
    "bare table through the connection": lambda s: len(s.connection().execute(select(T)).all()),
    "scalar subquery": lambda s: s.scalar(
        select(select(func.count()).select_from(C).scalar_subquery())
    ),
    "in subquery": lambda s: len(
        names(s, select(M).where(M.id.in_(select(E.membership_id).where(E.cohort_id.is_not(None)))))
    ),
    "for update": lambda s: len(names(s, select(C).with_for_update())),
    "for update of one": lambda s: len(
        names(s, select(C).join(E, E.cohort_id == C.id).with_for_update(of=C))
    ),
    "group by": lambda s: len(s.execute(select(C.state, C.name).group_by(C.state, C.name)).all()),
    "lateral": lambda s: len(
        s.execute(
            select(C.name).join(
                select(func.count()).select_from(E).lateral("n"), literal(value=True)
            )
        ).all()
    ),
    "bulk update": lambda s: s.execute(update(C).values(about="x")).rowcount,
    "bulk update of table": lambda s: s.execute(update(T).values(about="x")).rowcount,
    "update from": lambda s: (
        s.execute(update(C).values(about="y").where(C.id == E.cohort_id)).rowcount
    ),
    "bulk delete": lambda s: s.execute(delete(E)).rowcount,
    "bulk delete of table": lambda s: s.execute(delete(E.__table__)).rowcount,
    "delete using": lambda s: s.execute(delete(E).where(E.cohort_id == C.id)).rowcount,
    "update returning": lambda s: len(s.execute(update(C).values(about="z").returning(C.id)).all()),
}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_scope_confines_every_shape(shape: str, two: tuple[Firm, Firm], session: Session) -> None:
    first, second = two
    with scope(first.id):
        assert SHAPES[shape](session) == 2
    with scope(second.id):
        assert SHAPES[shape](session) == 3


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_without_a_scope_every_shape_is_refused(
    shape: str, two: tuple[Firm, Firm], session: Session
) -> None:
    del two
    with pytest.raises(ScopeError):
        SHAPES[shape](session)


def test_exists_sees_only_this_firm(two: tuple[Firm, Firm], session: Session) -> None:
    first, second = two
    with scope(second.id):
        name = session.scalar(select(C.name))
    with scope(first.id):
        assert session.scalar(select(exists().where(C.name == name))) is False
        assert session.scalar(select(exists(select(C.id)).where(C.name.is_not(None)))) is True


def test_get_and_the_identity_map_forget_the_other_firm(
    two: tuple[Firm, Firm], session: Session
) -> None:
    first, second = two
    with scope(second.id):
        theirs = session.scalars(select(C)).first()
        assert theirs is not None
        key = (theirs.firm_id, theirs.id)
        assert session.get(C, key) is theirs
    with scope(first.id):
        assert session.get(C, key) is None
        assert theirs not in session


def test_a_loaded_relationship_option_stays_inside(
    two: tuple[Firm, Firm], session: Session
) -> None:
    first, _second = two
    with scope(first.id):
        query = select(M).options(selectinload("*")).execution_options(populate_existing=True)
        assert len(session.scalars(query).all()) == 2


def row_for(firm: Firm) -> dict[str, Any]:
    return {"firm_id": firm.id, "name": "n", "slug": "s"}


WRITES: dict[str, Callable[[Session, Firm], Any]] = {
    "add": lambda s, firm: (s.add(C(**row_for(firm))), s.flush()),
    "bulk insert": lambda s, firm: s.execute(insert(C), [row_for(firm)]),
    "insert values": lambda s, firm: s.execute(insert(C).values(**row_for(firm))),
    "insert of many values": lambda s, firm: s.execute(insert(C).values([row_for(firm)])),
    "bare table": lambda s, firm: s.execute(insert(T), [row_for(firm)]),
    "bulk_insert_mappings": lambda s, firm: s.bulk_insert_mappings(C, [row_for(firm)]),
    "update moves a row away": lambda s, firm: s.execute(update(C).values(firm_id=firm.id)),
}


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_no_row_is_written_for_another_firm(
    write: str, two: tuple[Firm, Firm], session: Session
) -> None:
    first, second = two
    with scope(first.id), pytest.raises(ScopeError):
        WRITES[write](session, second)
    session.rollback()


def test_the_firm_is_filled_in_from_the_scope(two: tuple[Firm, Firm], session: Session) -> None:
    first, _second = two
    with scope(first.id):
        session.execute(insert(C), [{"name": "bulk", "slug": "bulk"}])
        assert session.scalar(select(C.firm_id).where(C.slug == "bulk")) == first.id


def test_a_scope_never_opens_inside_another_firms(two: tuple[Firm, Firm]) -> None:
    first, second = two
    with scope(first.id), pytest.raises(ScopeError), scope(second.id):
        pass
    with scope(first.id), scope(first.id):
        assert db.session.scalar(select(func.count()).select_from(C)) == 2


def test_one_cached_statement_serves_both_firms(two: tuple[Firm, Firm], session: Session) -> None:
    first, second = two
    query = select(func.count()).select_from(C)
    seen = []
    for firm in (first, second, first):
        with scope(firm.id):
            seen.append(session.scalar(query))
    assert seen == [2, 3, 2]


def test_a_list_of_keys_is_one_value_and_can_be_written_out(
    two: tuple[Firm, Firm], session: Session
) -> None:
    first, _second = two
    with scope(first.id):
        one, other = session.scalars(select(C.id)).all()
        for wanted, found in (([one], [one]), ([one, other], [one, other]), ([], [])):
            among = select(C.id).where(C.id.in_(wanted))
            assert sorted(session.scalars(among)) == sorted(found)
            beside = select(C.id).where(C.id.not_in(wanted))
            assert set(session.scalars(beside)) == {one, other} - set(found)
            assert str(among.compile(session.get_bind())).count("= ANY") == 1
        written = among.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        assert " IN (" in str(written)


def test_a_list_may_be_one_of_columns(two: tuple[Firm, Firm], session: Session) -> None:
    with scope(two[1].id):
        placed = select(func.count()).select_from(M).join(E, literal(value=True))
        assert session.scalar(placed.where(M.id.in_([E.membership_id, E.cohort_id]))) == 3
        assert session.scalar(placed.where(M.id.not_in([E.membership_id, E.cohort_id]))) == 6


def test_a_table_that_is_only_a_name_is_nobodys(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(table("accounts_person"))) == 0
