"""Mail domains: proven in the DNS, one firm's at a time, let go when the proof is gone."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.errors import DomainError
from coachhub.core.resolver import FileResolver
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.firms.sso import domains
from fixtures_provider import Texts

ACTOR = Actor(label="Ada")


@pytest.fixture
def prove(session: Session, texts: Texts) -> Callable[..., str]:
    """Claim a domain for a firm and set its record beside those there are; return the text."""

    def do(firm: Firm, name: str) -> str:
        with scope(firm.id):
            made = domains.claim(ACTOR, name)
            text = domains.record_text(made)
            texts.records.setdefault(domains.record_name(made), []).append(text)
            session.commit()
            domains.prove(ACTOR, made)
            session.commit()
        return text

    return do


@pytest.mark.parametrize("name", ["com", "co.uk", "not a domain", "a@b.example.com", "", "x" * 300])
def test_what_cannot_be_one_firms_is_not_listed(name: str, firm: Firm) -> None:
    with scope(firm.id), pytest.raises(DomainError):
        domains.claim(ACTOR, name)


def test_a_domain_is_kept_as_addresses_are_and_listed_once(firm: Firm) -> None:
    with scope(firm.id):
        assert domains.claim(ACTOR, " @Harbour.Example.COM. ").domain == "harbour.example.com"
        with pytest.raises(DomainError, match="already"):
            domains.claim(ACTOR, "harbour.example.com")
        assert domains.proven() == frozenset()


def test_it_is_one_firms_at_a_time_and_goes_only_when_the_record_does(
    firm: Firm, make_firm: Callable[..., Firm], prove: Callable[..., str], texts: Texts
) -> None:
    other, name = make_firm(), "_coachhub.harbour.example.com"
    text = prove(firm, "harbour.example.com")
    with pytest.raises(DomainError, match="another firm's here"):
        prove(other, "harbour.example.com")
    with scope(firm.id):
        assert domains.proven() == {"harbour.example.com"}
    texts.records[name].remove(text)
    with scope(other.id):
        domains.prove(ACTOR, domains.domains()[0])
        assert domains.proven() == {"harbour.example.com"}
    with scope(firm.id):
        assert domains.proven() == frozenset()
        with pytest.raises(DomainError, match="is not at"):
            domains.prove(ACTOR, domains.domains()[0])


def test_a_proof_that_is_gone_for_days_lets_the_domain_go(
    firm: Firm, prove: Callable[..., str], texts: Texts, session: Session
) -> None:
    prove(firm, "harbour.example.com")
    records = dict(texts.records)

    def a_day_later() -> frozenset[str]:
        with scope(firm.id):
            domains.domains()[0].looked_at = now() - dt.timedelta(days=2)
            session.flush()
            domains.LOOK.function(firm.id)
            return domains.proven()

    texts.records.clear()
    assert a_day_later() == {"harbour.example.com"}
    texts.records.update(records)
    assert a_day_later() == {"harbour.example.com"}
    texts.records.clear()
    assert a_day_later() == {"harbour.example.com"}
    with scope(firm.id):
        domains.domains()[0].missed_since = now() - dt.timedelta(days=4)
        session.flush()
    assert a_day_later() == frozenset()
    with scope(firm.id):
        assert domains.domains()[0].proven_at is None


def test_name_servers_that_do_not_answer_change_nothing(
    firm: Firm,
    prove: Callable[..., str],
    texts: Texts,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prove(firm, "harbour.example.com")
    monkeypatch.setattr(Texts, "texts", lambda _self, _name: None)
    with scope(firm.id):
        one = domains.domains()[0]
        with pytest.raises(DomainError, match="did not answer"):
            domains.prove(ACTOR, one)
        one.looked_at = now() - dt.timedelta(days=2)
        session.flush()
        domains.LOOK.function(firm.id)
        assert one.missed_since is None
        assert domains.proven() == {"harbour.example.com"}
    assert texts.records


def test_a_trial_reads_its_records_from_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("dns") / "dns.txt"
    assert FileResolver(file).texts("a.example.com") == []
    file.write_text("a.example.com first text\nb.example.com other\n\na.example.com 2\n", "utf-8")
    assert FileResolver(file).texts("a.example.com") == ["first text", "2"]
