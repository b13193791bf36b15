"""People without an account whose details stand in members' books: forgotten for good when asked.

Whoever asks shows that an address is theirs by opening a mailed link and pressing a button. From
then on no import and no form takes the address in, in any firm. Somebody who stands in a book by
name and company alone asks the firm's admin, who knows whom they speak with.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select, update

from coachhub.companies.names import company_key, fold
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.jobs import job, later
from coachhub.core.links import absolute
from coachhub.core.secrets import seal, unseal
from coachhub.core.words import gettext
from coachhub.firms.models import Firm
from coachhub.mail.models import AccountMail
from coachhub.mail.outbox import queue_account_mail, rendered, suppress
from coachhub.privacy import ledger
from coachhub.privacy.hooks import FORGET, Stranger
from coachhub.privacy.models import Erased
from coachhub.privacy.sweep import sweep, telling

LINK_GOOD_FOR = 7 * 24 * 60 * 60  # seconds
LINK, ASKED, ORDER = "forget me", "forget me, asked", "forget, in a firm"  # what is sealed for
JOB = "privacy.forget"


def send_link(address: str) -> None:
    """Write to an address, known or not, the link to the page with the button."""
    url = absolute("privacy.forget", sealed=seal(address, LINK))
    subject, text, html = rendered("forget", {"url": url})
    queue_account_mail("forget", subject, address, text, html)


@job("privacy.send_link", for_platform=True)
def SEND_LINK(sealed: str) -> None:  # noqa: N802 - a job is a constant of its room
    """Write the link after the page is answered: its time tells nobody anything either."""
    address = unseal(sealed, LINK_GOOD_FOR, ASKED)
    if address:
        send_link(address)


def forget_everywhere(address: str) -> None:
    """Never write to an address again, never take it in again, and forget it in every firm.

    Each firm is a job: the queue is handed the address encrypted.
    """
    suppress(address, "never")
    ledger.write("address", address)
    _in_every_firm(Stranger(address=address.strip().casefold()))


def forget_name(actor: Actor, name: str, company: str) -> None:
    """Forget somebody whom a book knows by name and company, in this firm's books and all others.

    Raises DomainError where the two do not say enough.
    """
    stranger = Stranger(name=" ".join(name.split()), company=" ".join(company.split()))
    told = name_told(stranger.name, stranger.company)
    if not told:
        raise DomainError(
            gettext("Please write first and last name, and a company: one alone could be many.")
        )
    ledger.write("name", told)
    audit.record(actor, "stranger.forgotten", kind="stranger")
    _in_every_firm(stranger)


def name_told(name: str, company: str) -> str:
    """Return what stands for a name with a company in the ledger; empty if it says too little."""
    key = company_key(company)
    folded = fold(name)
    return f"{folded}\0{key}" if " " in folded and key else ""


def unwanted_names(names: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of these (name, company) whose people asked not to be kept."""
    if not db.session.scalar(select(select(Erased).where(Erased.kind == "name").exists())):
        return set()
    marks = {ledger.mark("name", told): one for one in set(names) if (told := name_told(*one))}
    found = db.session.scalars(
        select(Erased.mark).where(Erased.kind == "name", Erased.mark.in_(marks))
    )
    return {marks[mark] for mark in found}


def forget_here(stranger: Stranger) -> None:
    """Forget somebody in the firm whose scope is open: their rows, then every text."""
    known = [word for given in FORGET.ask_everybody(stranger) for word in given]
    sweep(telling([stranger.address, *known]))


def forget_mails(address: str) -> None:
    """Take an address out of the platform's own outbox, once its mails have left."""
    db.session.execute(
        update(AccountMail)
        .where(
            func.lower(AccountMail.to_address) == address.casefold(),
            AccountMail.kind == "forget",
            AccountMail.state.not_in(("waiting", "sending")),
        )
        .values(to_address="", raw=b"")
    )


def _in_every_firm(stranger: Stranger) -> None:
    sealed = seal(f"{stranger.address}\n{stranger.name}\n{stranger.company}", ORDER)
    for firm_id in db.session.scalars(select(Firm.id).order_by(Firm.id)):
        later(JOB, firm_id, sealed)
