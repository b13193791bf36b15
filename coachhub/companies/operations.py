"""Writing companies: one identity for a written name, and what people say about identities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, select, update

from coachhub.companies.hooks import COMPANIES_PARTED
from coachhub.companies.identities import identities, pair_of, tidy
from coachhub.companies.models import Company, CompanyMerge, CompanyName, CompanyVerdict
from coachhub.companies.names import company_key
from coachhub.companies.queries import find
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import Base, db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext


def identify(name: str) -> Company | None:
    """Return the company that a written name stands for in this firm; new ones are made.

    None for what names no company: blank, "self-employed", "n/a". A name that may be a known
    company's becomes a company of its own, with a question that a coach answers.
    """
    company_id = identities([name])[name]
    return None if company_id is None else find(company_id)


def identify_many(names: Iterable[str]) -> dict[str, UUID | None]:
    """Return the company's id for each written name, as `identify` does for one.

    Made for imports: a handful of statements, whether for ten names or for 20,000.
    """
    return identities(names)


def confirm_same(actor: Actor, name_id: UUID) -> CompanyMerge:
    """Answer a question with yes: the suggested company takes in the one that was asked about."""
    name = _question(name_id)
    return merge(actor, find(name.company_id), find(_asked(name)))


def reject_same(actor: Actor, name_id: UUID) -> CompanyVerdict:
    """Answer a question with no: the two stay apart, and are never suggested again."""
    name = _question(name_id)
    own, other = find(name.company_id), find(_asked(name))
    verdict = _say(actor, own.key, other.key, same=False)
    name.how, name.maybe_id = "confirmed", None
    db.session.flush()
    _record(actor, "company.kept_apart", own, other=other.name, other_id=str(other.id))
    return verdict


def ask_again(actor: Actor, name_id: UUID, other_id: UUID) -> None:
    """Take back a no: the question whether a name is the other company stands again."""
    name = db.session.scalar(select(CompanyName).where(CompanyName.id == name_id))
    if name is None:
        raise NotFoundError
    own, other = find(name.company_id), find(other_id)
    verdict = _verdict(own.key, other.key)
    if verdict is None or verdict.same or own.id == other.id:
        raise DomainError(gettext("There is no answer to take back any more."))
    db.session.delete(verdict)
    name.how, name.maybe_id = "suggested", other.id
    db.session.flush()
    _record(actor, "company.asked_again", own, other=other.name, other_id=str(other.id))


def merge(actor: Actor, given_up: Company, kept: Company) -> CompanyMerge:
    """Say that two companies are one: everything that points at the first moves to the second.

    Raises DomainError where they are one already.
    """
    locked = select(Company.id, Company.merged_into_id).where(
        Company.id.in_([given_up.id, kept.id])
    )
    rows = db.session.execute(locked.order_by(Company.id).with_for_update()).all()
    if len(rows) < 2 or any(row.merged_into_id for row in rows):  # noqa: PLR2004 - two companies
        raise DomainError(gettext("These two are one company already."))
    db.session.flush()
    questions = _close_questions(given_up.id, kept.id)
    moved: dict[str, Any] = dict(_move(given_up.id, kept.id))
    moved["questions"] = questions
    row = CompanyMerge(from_id=given_up.id, into_id=kept.id, moved=moved, by_id=actor.membership_id)
    db.session.add(row)
    db.session.flush()
    db.session.execute(
        update(Company).where(Company.id == given_up.id).values(merged_into_id=kept.id)
    )
    _say(actor, given_up.key, kept.key, same=True)
    db.session.expire_all()
    _record(actor, "company.merged", given_up, into=kept.name, into_id=str(kept.id))
    return row


def undo_merge(actor: Actor, merge_id: UUID) -> Company:
    """Take a merge back: what moved then moves back, unless it was changed since."""
    row = db.session.scalar(
        select(CompanyMerge).where(CompanyMerge.id == merge_id).with_for_update()
    )
    if row is None:
        raise NotFoundError
    given_up = db.session.scalar(select(Company).where(Company.id == row.from_id))
    if row.undone_at is not None or given_up is None or given_up.merged_into_id is None:
        raise DomainError(gettext("This has been taken back already."))
    kept = find(given_up.merged_into_id)
    given_up.merged_into_id = None
    db.session.flush()
    for table, column in _pointers():
        ids = row.moved.get(f"{table.name}.{column.name}", [])
        if ids:
            _repoint(table, column, kept.id, given_up.id, only=[UUID(one) for one in ids])
    for question in row.moved.get("questions", []):
        db.session.execute(
            update(CompanyName)
            .where(CompanyName.id == UUID(question["id"]), CompanyName.maybe_id.is_(None))
            .values(maybe_id=UUID(question["maybe_id"]), how="suggested")
        )
    row.undone_at = now()
    verdict = _verdict(given_up.key, kept.key)
    if verdict is not None:
        db.session.delete(verdict)
    db.session.flush()
    db.session.expire_all()
    COMPANIES_PARTED.call(kept.id, given_up.id, _written(given_up.id))
    _record(actor, "company.merge_undone", given_up, into=kept.name, into_id=str(kept.id))
    return given_up


def split(actor: Actor, whole: Company, name_ids: Sequence[UUID]) -> Company:
    """Give some ways of writing a company of their own, named after the first of them.

    Raises DomainError where none or all of the company's names are chosen.
    """
    names = list(
        db.session.scalars(
            select(CompanyName)
            .where(CompanyName.company_id == whole.id)
            .order_by(CompanyName.written)
            .with_for_update()
        )
    )
    chosen = [name for name in names if name.id in set(name_ids)]
    if not chosen:
        raise DomainError(gettext("Please choose the names that belong to another company."))
    if len(chosen) == len(names):
        raise DomainError(gettext("One name at least stays with the company: leave one out."))
    parted = Company(name=chosen[0].written, key=chosen[0].key)
    db.session.add(parted)
    db.session.flush()
    for name in chosen:
        name.company_id, name.how, name.maybe_id = parted.id, "confirmed", None
    db.session.flush()
    if parted.key != whole.key:
        _say(actor, parted.key, whole.key, same=False)
    written = [name.written for name in chosen]
    COMPANIES_PARTED.call(whole.id, parted.id, written)
    _record(actor, "company.split", parted, out_of=whole.name, names=written)
    return parted


def rename(actor: Actor, named: Company, name: str) -> None:
    """Choose the name under which a company is shown; it must be one of its own names or new."""
    name = tidy(name)
    if not company_key(name):
        raise DomainError(gettext("That does not read like a company's name."))
    owner = identities([name])[name]
    if owner != named.id:
        found = find(owner) if owner else None
        if found is None or _written(found.id) != [name]:
            raise DomainError(
                gettext("That name stands for another company here. Merge the two instead.")
            )
        merge(actor, found, named)
    before, named.name = named.name, name
    db.session.flush()
    _record(actor, "company.renamed", named, before=before)


def _question(name_id: UUID) -> CompanyName:
    name = db.session.scalar(select(CompanyName).where(CompanyName.id == name_id).with_for_update())
    if name is None:
        raise NotFoundError
    return name


def maybe_of(name_id: UUID) -> UUID:
    """Return the company that a name is asked about; raises DomainError once it is answered."""
    return _asked(_question(name_id))


def _asked(name: CompanyName) -> UUID:
    if name.maybe_id is None:
        raise DomainError(gettext("Somebody has answered this already."))
    return name.maybe_id


def _verdict(key: str, other: str) -> CompanyVerdict | None:
    key_a, key_b = pair_of(key, other)
    return db.session.scalar(
        select(CompanyVerdict).where(CompanyVerdict.key_a == key_a, CompanyVerdict.key_b == key_b)
    )


def _say(actor: Actor, key: str, other: str, *, same: bool) -> CompanyVerdict:
    key_a, key_b = pair_of(key, other)
    verdict = _verdict(key_a, key_b)
    if verdict is None:
        verdict = CompanyVerdict(key_a=key_a, key_b=key_b, same=same)
        db.session.add(verdict)
    verdict.same, verdict.by_id = same, actor.membership_id
    db.session.flush()
    return verdict


def _written(company_id: UUID) -> list[str]:
    return list(
        db.session.scalars(
            select(CompanyName.written)
            .where(CompanyName.company_id == company_id)
            .order_by(CompanyName.written)
        )
    )


def _close_questions(given_up: UUID, kept: UUID) -> list[dict[str, str]]:
    """Answer every question between the two, and remember them for an undo."""
    pair = [given_up, kept]
    names = list(
        db.session.scalars(
            select(CompanyName).where(
                CompanyName.company_id.in_(pair), CompanyName.maybe_id.in_(pair)
            )
        )
    )
    asked = [{"id": str(name.id), "maybe_id": str(name.maybe_id)} for name in names]
    for name in names:
        name.how, name.maybe_id = "confirmed", None
    db.session.flush()
    return asked


def _pointers() -> Iterator[tuple[Table, Column[Any]]]:
    """Yield every column, of whatever room or plugin, that points at a company."""
    for table in Base.metadata.sorted_tables:
        if table is CompanyMerge.__table__:
            continue
        for column in table.columns:
            if column.info.get("points_to") == Company.__tablename__:
                yield table, column


def _move(given_up: UUID, kept: UUID) -> Iterator[tuple[str, list[str]]]:
    for table, column in _pointers():
        ids = _repoint(table, column, given_up, kept)
        if ids:
            yield f"{table.name}.{column.name}", [str(one) for one in ids]


def _repoint(
    table: Table,
    column: Column[Any],
    before: UUID,
    after: UUID,
    only: Sequence[UUID] | None = None,
) -> list[UUID]:
    statement = update(table).where(column == before).values({column: after})
    if only is not None:
        statement = statement.where(table.c.id.in_(only))
    return list(db.session.scalars(statement.returning(table.c.id)))


def _record(actor: Actor, action: str, subject: Company, **details: Any) -> None:
    audit.record(actor, action, kind="company", subject=subject.id, label=subject.name, **details)
