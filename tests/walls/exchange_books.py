"""What the model of the exchange knows, and what nobody may be shown because of it.

A mark in every text tells whose firm it is from; each person's address and each contact's name is
a word that stands nowhere else. So any answer, and any mail, tells by its words alone what it
shows.
"""

from __future__ import annotations

import email
import email.policy
import html
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.core.audit import AuditEntry
from coachhub.core.tenancy import scope
from coachhub.introductions.models import Introduction
from coachhub.mail.models import FirmMail
from proofs.firms import MARK
from walls.test_routes import words_of
from walls.world import Place, Side, Who

ADDRESS = re.compile(r"[0-9a-f]{32}@example\.org")
SECRET = re.compile(r"geheim[a-p]{32}")
NAME = re.compile(r"named[a-p]{32}")
POST = re.compile(r"posting[a-p]{32}")
# Of these, the two sides learn who it is when everybody has agreed; a giver must know for whom
# they open a door.
BLIND = {"door", "buddy"}
NEEDED = ("giver", "receiver")
NEEDED_FOR_DOORS = ("giver", "receiver", "outsider")


def secret_word(beginning: str) -> str:
    """Return a word that stands nowhere else; of letters, as digits look like a telephone's."""
    return beginning + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid7().hex)


@dataclass
class House:
    """A firm as the model sees it."""

    side: Side
    mark: str
    people: dict[UUID, str] = field(default_factory=dict)  # members' addresses, by membership
    names: dict[str, UUID] = field(default_factory=dict)  # words in members' names
    gone: set[UUID] = field(default_factory=set)  # removed or erased
    contacts: dict[str, UUID] = field(default_factory=dict)  # secret names, and whose they are
    posts: dict[str, UUID] = field(default_factory=dict)  # words of posts, and their owners
    hidden: set[str] = field(default_factory=set)  # words of posts that were taken down
    yes: dict[UUID, set[str]] = field(default_factory=dict)  # sides, by introduction
    acts: Counter[str] = field(default_factory=Counter)  # what must stand in the trail

    @property
    def firm(self) -> Place:
        return self.side.firm

    @property
    def path(self) -> str:
        return f"/f/{self.firm.slug}"

    @property
    def board(self) -> str:
        return f"{self.path}/c/{self.side.cohort.slug}"


class Books:
    """Reads what people are shown, and holds it against what they may see."""

    def __init__(self, session: Session) -> None:
        """Begin with nothing read."""
        self.session = session
        self.read = 0
        self.shown: set[str] = set()  # what kinds of showing there were
        self._mails: set[UUID] = set()

    def look(self, house: House, who: Who | None, answer: Any) -> None:
        """Hold one answer against what `who` may see."""
        told = html.unescape(words_of(answer.get_data())) + str(answer.headers)
        assert answer.status_code < 500, answer.request.path
        path = answer.request.path
        self.check(house, who.id if who else None, told, path)
        if who is not None and path.startswith((f"{house.path}/introductions", "/api/")):
            self.check_names(house, who.id, told, path)

    def check(self, house: House, reader: UUID | None, told: str, where: str) -> None:
        """Raise if there is a word in it that the reader may not see."""
        self.read += 1
        foreign = set(MARK.findall(told)) - {house.mark}
        assert not foreign, f"{where} shows {foreign}"
        if reader is not None and reader in house.people:
            for address in set(ADDRESS.findall(told)):
                whose = next((one for one, at in house.people.items() if at == address), None)
                if whose not in {None, reader}:
                    assert self.met(house, reader, whose), f"{where} shows an address"
                    self.shown.add("address")
            for word in set(POST.findall(told)) & house.hidden:
                assert house.posts[word] == reader, f"{where} shows what was taken down"
                self.shown.add("own text that was taken down")
        for secret in set(SECRET.findall(told)):
            owner = house.contacts[secret]
            if owner != reader:
                assert self.opened(house, reader, secret), f"{where} shows a contact"
                self.shown.add("contact")

    def check_names(self, house: House, reader: UUID, told: str, where: str) -> None:
        """Raise if a page or mail about introductions names somebody too early."""
        for name in set(NAME.findall(told)):
            whose = house.names[name]
            if whose == reader or reader not in house.people:
                continue
            known = self.met(house, reader, whose) or any(
                (row.giver_id, row.receiver_id, row.asset != "buddy") == (reader, whose, True)
                or (row.receiver_id, row.giver_id, row.asset in BLIND) == (reader, whose, False)
                for row in self.introductions(house)
            )
            assert known, f"{where} names somebody"
            self.shown.add("name")

    def met(self, house: House, one: UUID, other: UUID | None) -> bool:
        """Say whether everybody agreed that these two meet."""
        return any(
            {row.giver_id, row.receiver_id} == {one, other} and self.agreed(house, row)
            for row in self.introductions(house)
        )

    def opened(self, house: House, reader: UUID | None, secret: str) -> bool:
        """Say whether everybody agreed that the reader meets this contact."""
        return any(
            row.giver_id == house.contacts[secret]
            and row.receiver_id == reader
            and row.asset == "door"
            and self.agreed(house, row)
            for row in self.introductions(house)
        )

    def agreed(self, house: House, row: Introduction) -> bool:
        """Say whether each side was seen to say yes."""
        needed = NEEDED_FOR_DOORS if row.asset == "door" else NEEDED
        return house.yes.get(row.id, set()) >= set(needed)

    def introductions(self, house: House) -> list[Introduction]:
        """Return all of a firm's, as they are now."""
        with scope(house.firm.id):
            query = select(Introduction).order_by(Introduction.id)
            return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def mails(self, house: House) -> None:
        """Hold each new mail against what its reader may see."""
        for row in self.new_mails(house):
            known = {at: one for one, at in house.people.items()}
            reader = row.membership_id or known.get(row.to_address)
            told = "\n".join(self.texts_of(row))
            if SECRET.match(row.to_address):
                told = told.replace(row.to_address.partition("@")[0], "")
            where = f"mail {row.kind} to {row.to_address}"
            self.check(house, reader, told, where)
            if reader is not None and row.introduction_id is not None:
                self.check_names(house, reader, told, where)

    def new_mails(self, house: House) -> list[FirmMail]:
        """Return what was not read yet."""
        with scope(house.firm.id):
            rows = self.session.scalars(select(FirmMail).order_by(FirmMail.id))
            found = [row for row in rows if row.id not in self._mails]
        self._mails |= {row.id for row in found}
        return found

    def waiting(self, house: House) -> list[FirmMail]:
        """Return every mail of a firm, read or not, oldest first."""
        with scope(house.firm.id):
            return list(self.session.scalars(select(FirmMail).order_by(FirmMail.id)))

    def texts_of(self, row: FirmMail) -> Iterable[str]:
        """Return every readable part of a mail that was written."""
        return self.texts(email.message_from_bytes(row.raw, policy=POLICY))

    def texts(self, mail: EmailMessage) -> Iterable[str]:
        """Return subject, sender and every readable part of a mail."""
        yield f"{mail['Subject']} {mail['From']} {mail['Reply-To']}"
        for part in mail.walk():
            if part.get_content_maintype() == "text":
                yield html.unescape(str(part.get_content()))

    def trail(self, house: House) -> None:
        """Each act that needs an entry has one, and the chain holds."""
        with scope(house.firm.id):
            written = Counter(self.session.scalars(select(AuditEntry.action)))
            broken = self.session.scalar(text("SELECT count(*) FROM audit_entry WHERE chain = ''"))
        missing = house.acts - written
        assert not missing, f"{house.firm.slug}: not in the trail: {missing}"
        assert not broken


POLICY = email.policy.default
