"""Who is known already: an owner's contacts, found again by whatever both sides tell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.contacts.identity import fingerprints_of
from coachhub.contacts.imports.parts import Staged
from coachhub.contacts.models import Contact
from coachhub.core.db import db
from coachhub.core.secrets import keyring


@dataclass(frozen=True, slots=True)
class _Known:
    id: UUID
    email_hash: str
    has_url: bool


class Acquaintances:
    """An owner's contacts without their names; each is found once."""

    def __init__(self, owner_id: UUID) -> None:
        """Read the hashes of the owner's contacts; nothing is decrypted."""
        self._owner_id = owner_id
        self._exchanging = len(keyring().keys.index) > 1
        self._by_fingerprint: dict[str, UUID] = {}
        self._by_mail: defaultdict[str, list[_Known]] = defaultdict(list)
        self._by_namesake: defaultdict[str, list[_Known]] = defaultdict(list)
        self._found: set[UUID] = set()
        rows = db.session.execute(
            select(
                Contact.id,
                Contact.fingerprint,
                Contact.namesake,
                Contact.email_hash,
                Contact.url != "",
            ).where(Contact.owner_id == owner_id)
        )
        for contact_id, fingerprint, namesake, email_hash, has_url in rows:
            one = _Known(contact_id, email_hash, has_url)
            self._by_fingerprint[fingerprint] = contact_id
            if email_hash:
                self._by_mail[email_hash].append(one)
            if namesake:
                self._by_namesake[namesake].append(one)

    def find(self, row: Staged) -> UUID | None:
        """Return the contact that a row is, or None for somebody new.

        The same link, address or name with company as when it was written; else the same
        address; else the same name and company, where the one has what the other lacks. Two who
        answer to it are none: a double can be deleted, two people made one cannot be parted.
        """
        found = self._by_fingerprint.get(row.fingerprint)
        if found is None and self._exchanging:
            found = self._under_other_keys(row)
        if found is None or found in self._found:
            found = self._alone(self._by_mail.get(row.email_hash, ()), row) or self._alone(
                self._by_namesake.get(row.namesake, ()), row
            )
        if found is not None:
            self._found.add(found)
        return found

    def _under_other_keys(self, row: Staged) -> UUID | None:
        signs = fingerprints_of(
            self._owner_id, url=row.url, email=row.email, name=row.name, company=row.company
        )
        return next(
            (self._by_fingerprint[one] for one in signs if one in self._by_fingerprint), None
        )

    def _alone(self, known: list[_Known] | tuple[()], row: Staged) -> UUID | None:
        fitting = [
            one.id
            for one in known
            if one.id not in self._found
            and not (one.has_url and row.url)
            and (one.email_hash == row.email_hash or not (one.email_hash and row.email_hash))
        ]
        return fitting[0] if len(fitting) == 1 else None
