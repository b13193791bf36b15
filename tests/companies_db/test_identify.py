"""One identity for the many ways of writing a company's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from coachhub.companies import catalogue
from coachhub.companies.identities import LONGEST
from coachhub.companies.models import Company, CompanyName, CompanyVerdict
from coachhub.companies.operations import identify, identify_many
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm


@pytest.fixture(autouse=True)
def _inside(firm: Firm) -> Iterator[None]:
    with scope(firm.id):
        yield


def name_row(session: Session, written: str) -> CompanyName:
    return session.scalars(select(CompanyName).where(CompanyName.written == written)).one()


def test_ways_of_writing_with_one_key_are_one_company() -> None:
    first = identify("Nordlicht Turbinen GmbH")
    assert first is not None
    assert first.name == "Nordlicht Turbinen GmbH"
    for written in ("nordlicht turbinen", "  Nordlicht   Turbinen ", "NORDLICHT TURBINEN, GmbH"):
        again = identify(written)
        assert again is not None
        assert again.id == first.id


@pytest.mark.parametrize("written", ["", "   ", "self-employed", "n/a", "Student", "\x00"])
def test_what_names_no_company_is_none(written: str, session: Session) -> None:
    assert identify(written) is None
    assert session.scalar(select(func.count()).select_from(CompanyName)) == 0


def test_a_likely_match_keeps_its_own_company_and_asks(session: Session) -> None:
    known = identify("Krystal")
    other = identify("Krystal Biotech")
    assert known is not None
    assert other is not None
    assert known.id != other.id
    row = name_row(session, "Krystal Biotech")
    assert row.how == "suggested"
    assert row.maybe_id == known.id
    assert row.reason
    assert row.score is not None
    # The next writing of it goes where the first went, and asks nothing again.
    again = identify("krystal biotech inc")
    assert again is not None
    assert again.id == other.id
    assert name_row(session, "krystal biotech inc").maybe_id is None


def test_unlike_names_ask_nothing(session: Session) -> None:
    identify("Stadtwerke Nordlicht")
    identify("Blue Harbour Logistics")
    assert set(session.scalars(select(CompanyName.how))) == {"key"}


def test_a_no_of_this_firm_is_never_suggested_again(session: Session) -> None:
    identify("Krystal")
    session.add(CompanyVerdict(key_a="krystal", key_b="krystalbiotech", same=False))
    session.flush()
    identify("Krystal Biotech")
    assert name_row(session, "Krystal Biotech").maybe_id is None


def test_a_yes_of_this_firm_decides(session: Session) -> None:
    known = identify("Krystal")
    session.add(CompanyVerdict(key_a="krystal", key_b="krystalbiotech", same=True))
    session.flush()
    found = identify("Krystal Biotech")
    assert known is not None
    assert found is not None
    assert found.id == known.id


def test_two_known_companies_with_one_key_are_only_a_suggestion(session: Session) -> None:
    for name in ("Delta", "Delta Inc."):
        own = Company(name=name, key="delta")
        session.add(own)
        session.flush()
        session.add(CompanyName(written=name, key="delta", company_id=own.id, how="confirmed"))
    session.flush()
    found = identify("Delta LLC")
    assert found is not None
    assert found.name == "Delta LLC"
    row = name_row(session, "Delta LLC")
    assert row.how == "suggested"
    assert row.maybe_id is not None
    assert row.maybe_id != found.id


def test_the_catalogue_knows_former_names(
    monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    entry = catalogue.Entry(
        0, "Harbour Foods", "harbour.example", (), ("Old Mill Bakeries",), (), (), ()
    )
    known = {"Old Mill Bakeries": entry, "Harbour Foods": entry, "OMB Ltd": entry}
    monkeypatch.setattr(catalogue, "identify", known.get)
    found = identify("Old Mill Bakeries")
    assert found is not None
    assert (found.name, found.domain) == ("Harbour Foods", "harbour.example")
    for written in ("Harbour Foods", "OMB Ltd", "Harbour Foods plc"):
        again = identify(written)
        assert again is not None
        assert again.id == found.id
    assert name_row(session, "OMB Ltd").how == "catalogue"


def test_many_at_once_settle_among_themselves() -> None:
    names = ["Aldgate Shipping Ltd", "aldgate shipping", "Unemployed", "Moor Lane Dairy", ""]
    found = identify_many(names)
    assert set(found) == set(names)
    assert found["Aldgate Shipping Ltd"] == found["aldgate shipping"] is not None
    assert found["Moor Lane Dairy"] not in {None, found["aldgate shipping"]}
    assert found["Unemployed"] is None
    assert found[""] is None
    assert identify_many(names) == found


def test_an_import_takes_a_handful_of_statements(session: Session) -> None:
    parts = ["North", "Quay", "Elm", "Vale", "Crown", "Iron", "Swift", "Bell", "Fox", "Ash"]
    kinds = ["Foods", "Motors", "Energy", "Media", "Dental", "Freight"]
    names = [f"{a}{b.lower()} {kind}" for a in parts for b in parts for kind in kinds]
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    found = identify_many(names)
    event.remove(connection, "before_cursor_execute", note)
    assert len(found) == len(names) == 600
    assert None not in found.values()
    # Inserts of a thousand rows each, and one read a step.
    assert len(statements) <= 12


def test_few_and_many_find_the_same_candidates(session: Session) -> None:
    known = identify("Krystal")
    assert known is not None
    many = identify_many([*(f"Firma{number} Werk" for number in range(80)), "Krystal Biotech"])
    assert many["Krystal Biotech"] != known.id
    assert name_row(session, "Krystal Biotech").maybe_id == known.id


def test_names_too_long_or_broken_are_cut(session: Session) -> None:
    assert identify("Very " * 400 + "Long") is not None
    assert identify("Nul\x00l Werke") is not None
    longest = session.scalar(select(func.max(func.length(CompanyName.written))))
    assert longest is not None
    assert longest <= LONGEST


def test_firms_know_nothing_of_each_other(
    make_firm: Callable[..., Firm], firm: Firm, session: Session
) -> None:
    mine = identify("Nordlicht Turbinen")
    assert mine is not None
    del firm
    count = session.scalar(select(func.count()).select_from(Company))
    assert count == 1
    other = make_firm()
    assert other.id != mine.firm_id
