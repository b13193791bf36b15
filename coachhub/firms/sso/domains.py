"""Mail domains of a firm: claimed, proven by a TXT record, and each one firm's at a time.

Whoever can set a record in a domain's DNS looks after its mail too. A domain that has been proven
by one firm goes to another only when the first one's record is gone and the other's is there; the
proof is looked for again every day.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from publicsuffixlist import PublicSuffixList
from sqlalchemy import Select, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from coachhub.core import audit
from coachhub.core.access import Actor, platform
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.jobs import job
from coachhub.core.resolver import resolver
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.firms.models import Firm
from coachhub.firms.sso.models import CapturedDomain, FirmDomain

MOST = 50
PATIENCE = dt.timedelta(days=3)  # how long a proof may be missing before the domain is let go
_EVERY = dt.timedelta(days=1)
_PREFIX = "coachhub-domain="
_SUFFIXES = PublicSuffixList()


def domains() -> list[FirmDomain]:
    """Return the firm's domains, proven or not, by name."""
    return list(db.session.scalars(select(FirmDomain).order_by(FirmDomain.domain)))


def proven() -> frozenset[str]:
    """Return the domains that are the firm's own now."""
    firm_id = current_firm_id()
    query = select(CapturedDomain.domain).where(CapturedDomain.firm_id == firm_id)
    return frozenset(db.session.scalars(query))


def firm_of(address: str) -> Firm | None:
    """Return the firm whose provider signs in people of an address's domain, if one does.

    Nothing is looked up but the domain: whether anybody has the address makes no difference.
    """
    query = select(Firm).join(CapturedDomain, CapturedDomain.firm_id == Firm.id)
    return db.session.scalar(
        query.where(
            CapturedDomain.domain == domain_of(address),
            Firm.active,
            Firm.single_sign_on != "off",
        )
    )


def domain_of(address: str) -> str:
    """Return the domain of a mail address in the form it is kept."""
    return address.rpartition("@")[2].lower()


def find(domain_id: UUID) -> FirmDomain:
    """Return a domain of this firm; raises NotFoundError."""
    found = db.session.scalar(select(FirmDomain).where(FirmDomain.id == domain_id))
    if found is None:
        raise NotFoundError
    return found


def record_name(domain: FirmDomain) -> str:
    """Return the name under which the proof is looked for."""
    return f"_coachhub.{domain.domain}"


def record_text(domain: FirmDomain) -> str:
    """Return the text that proves it."""
    return f"{_PREFIX}{domain.proof}"


def claim(actor: Actor, written: str) -> FirmDomain:
    """Note a domain that the firm says is its own; nothing follows from it until it is proven.

    Raises DomainError for what is no domain, or one that anybody can have an address at.
    """
    domain = _clean(written)
    known = domains()
    if any(one.domain == domain for one in known):
        raise DomainError(gettext("%(domain)s is on your list already.", domain=domain))
    if len(known) >= MOST:
        raise DomainError(gettext("%(MOST)s domains are the most for one firm.", MOST=MOST))
    made = FirmDomain(domain=domain, proof=secrets.token_hex(20))
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "domain.claimed", kind="domain", subject=made.id, label=domain)
    return made


def prove(actor: Actor, domain: FirmDomain) -> None:
    """Look for the proof in the domain's DNS, and make the domain the firm's.

    Raises DomainError where it is not there, nobody answers, or another firm's still stands.
    """
    texts = resolver().texts(record_name(domain))
    if texts is None:
        raise DomainError(
            gettext(
                "The name servers of %(domain)s did not answer. Try again later.",
                domain=domain.domain,
            )
        )
    if record_text(domain) not in texts:
        raise DomainError(
            gettext(
                "The record is not at %(record_name)s yet. It can take some hours to be seen.",
                record_name=record_name(domain),
            )
        )
    if not _capture(domain, texts):
        raise DomainError(
            gettext(
                "%(domain)s is another firm's here, whose record still stands beside yours. Once"
                " that record is taken away, try again.",
                domain=domain.domain,
            )
        )
    domain.proven_at = domain.looked_at = now()
    domain.missed_since = None
    db.session.flush()
    audit.record(actor, "domain.proven", kind="domain", subject=domain.id, label=domain.domain)


def drop(actor: Actor, domain: FirmDomain) -> None:
    """Take a domain off the list; its people no longer come in by the firm's provider."""
    _let_go(domain)
    db.session.delete(domain)
    db.session.flush()
    audit.record(actor, "domain.dropped", kind="domain", subject=domain.id, label=domain.domain)


def _proven() -> Select[UUID]:
    return select(FirmDomain.id).where(FirmDomain.proven_at.is_not(None))


@job("firms.look_at_domains", every_minutes=30, waits=_proven)
def LOOK(firm_id: UUID) -> None:  # noqa: N802 - a job is a constant of its room
    """Look again, once a day, whether the proofs still stand; let go of what has lost its own."""
    del firm_id
    actor = platform("domains")
    for domain in domains():
        if domain.proven_at is None or domain.looked_at > now() - _EVERY:
            continue
        texts = resolver().texts(record_name(domain))
        if texts is None:
            continue
        domain.looked_at = now()
        if record_text(domain) in texts:
            domain.missed_since = None
        elif domain.missed_since is None:
            domain.missed_since = now()
        elif domain.missed_since < now() - PATIENCE:
            _let_go(domain)
            audit.record(
                actor, "domain.lost", kind="domain", subject=domain.id, label=domain.domain
            )


def _capture(domain: FirmDomain, texts: Sequence[str]) -> bool:
    """Make a domain the firm's, unless the one that has it still has its record among `texts`."""
    firm_id = current_firm_id()
    row = {"firm_id": firm_id, "proof": record_text(domain), "created_at": now()}
    statement = insert(CapturedDomain).values(domain=domain.domain, **row)
    free = or_(CapturedDomain.firm_id == firm_id, CapturedDomain.proof.not_in(texts))
    taken = statement.on_conflict_do_update(index_elements=["domain"], set_=row, where=free)
    return db.session.scalar(taken.returning(CapturedDomain.domain)) is not None


def _let_go(domain: FirmDomain) -> None:
    db.session.execute(
        delete(CapturedDomain).where(
            CapturedDomain.domain == domain.domain, CapturedDomain.firm_id == current_firm_id()
        )
    )
    domain.proven_at = domain.missed_since = None
    db.session.flush()


def _clean(written: str) -> str:
    """Return a domain as it stands in addresses that we keep."""
    bare = written.strip().removeprefix("@").rstrip(".")
    try:
        checked = validate_email(f"a@{bare}", check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise DomainError(
            gettext("“%(bare)s” is no mail domain: write it as in example.com.", bare=bare[:80])
        ) from error
    domain = checked.domain.lower()
    if _SUFFIXES.privatesuffix(checked.ascii_domain.lower()) is None:
        raise DomainError(
            gettext(
                "Anybody can have an address at %(domain)s: it cannot be one firm's.", domain=domain
            )
        )
    return domain
