"""Which contact is which: the same person found again without storing who it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy import Table

from coachhub.companies.names import company_key
from coachhub.contacts.models import Contact
from coachhub.core.secrets import REINDEXED, keyring
from coachhub.mail.outbox import address_hash

_PURPOSE = "contact"


def fingerprint_of(
    owner_id: UUID, *, url: str = "", email: str = "", name: str = "", company: str = ""
) -> str:
    """Return the keyed hash under which an owner's contact is written: 64 hex digits.

    Of the link, else the mail address, else the name with the company. The owner is part of it,
    so that nobody can tell from the table that two members know the same person.
    """
    return keyring().index_hash(_PURPOSE, _told(owner_id, url, email, name, company))


def fingerprints_of(
    owner_id: UUID, *, url: str = "", email: str = "", name: str = "", company: str = ""
) -> list[str]:
    """Return all hashes under which it may stand: two, while keys are being exchanged."""
    return keyring().index_hashes(_PURPOSE, _told(owner_id, url, email, name, company))


def _told(owner_id: UUID, url: str, email: str, name: str, company: str) -> str:
    if link := plain_link(url):
        told = f"link\0{link}"
    elif email.strip():
        told = f"mail\0{email.strip().casefold()}"
    else:
        told = f"name\0{folded(name)}\0{company_key(company) or folded(company)}"
    return f"{owner_id}\0{told}"


def namesake_of(owner_id: UUID, *, name: str, company: str) -> str:
    """Return the keyed hash of a name at a company: it finds somebody typed in without a link.

    Empty without a name or a company, since a name alone is not enough to tell who it is.
    """
    if not folded(name) or not folded(company):
        return ""
    return fingerprint_of(owner_id, name=name, company=company)


def reindexed(row: Mapping[str, Any]) -> dict[str, str]:
    """Return a contact's hashes made anew from what stands in its columns."""
    owner_id, company = row["owner_id"], row["company_name"]
    name = f"{row['first_name']} {row['last_name']}".strip()
    return {
        "fingerprint": fingerprint_of(
            owner_id, url=row["url"], email=row["email"], name=name, company=company
        ),
        "namesake": namesake_of(owner_id, name=name, company=company),
    }


def hash_of(email: str) -> str:
    """Return the hash under which a mail address can ask to be forgotten; empty for none."""
    return address_hash(email) if email.strip() else ""


cast("Table", Contact.__table__).info[REINDEXED] = reindexed


def plain_link(url: str) -> str:
    """Return what counts of a link: host and path, without the country a profile is read in."""
    text = url.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return text.casefold()
    host = (parts.hostname or "").removeprefix("www.")
    if host.endswith(".linkedin.com"):
        host = "linkedin.com"
    return f"{host}{unquote(parts.path).rstrip('/')}".casefold()


def folded(text: str) -> str:
    """Return a text as it is compared: no accents, small letters, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
