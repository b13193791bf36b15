"""The books of the model of the life: what was given, received, promised, kept and shown to whom.

They are kept from what the house announces, and compared with its tables, pages and mails after
every step that changed anything.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.core.audit import AuditEntry
from coachhub.core.hooks import ROOMS
from coachhub.introductions import queries, standing
from coachhub.introductions.hooks import INTRODUCED, PROMISE_KEPT
from coachhub.introductions.models import Consent, Introduction, Meeting
from coachhub.introductions.shown import Facts, shown
from coachhub.introductions.steps import ASKED, BLIND_ASSETS, MET, TRANSITIONS, sides
from coachhub.mail import delivery
from coachhub.mail.models import FirmMail
from fixtures_circle import CONTACT_MAIL, GIVER, RECEIVER, Circle, words_of

OUTSIDE = ("Corwin", "Contactworth", CONTACT_MAIL)
OPEN = {*ASKED, "introduced"}


class KnownFacts(Facts):
    """Facts of a world whose people and posts stay the same: only the answers are read anew."""

    def __init__(self, known: Facts, rows: list[Introduction]) -> None:
        self.rows = rows
        self.members, self.emails, self.companies = known.members, known.emails, known.companies
        self._titles, self.recruiters = known._titles, known.recruiters
        self.read_answers()


class Books:
    """What the model knows; `states` has every introduction's state after the last step."""

    def __init__(self, circle: Circle, known: Facts) -> None:
        self.circle, self.known = circle, known
        self.session: Session = circle.session
        self.states: dict[Any, str] = {}
        self.versions: dict[Any, int] = {}
        self.rows: dict[Any, Introduction] = {}
        self.reached: set[str] = set()
        self.introduced: Counter[Any] = Counter()
        self.kept: Counter[Any] = Counter()
        self.mails: Counter[tuple[Any, str, Any]] = Counter()
        self.mails_read: Any = None
        self._hear = [
            (INTRODUCED.name, INTRODUCED.from_room(lambda row: self.introduced.update([row.id]))),
            (PROMISE_KEPT.name, PROMISE_KEPT.from_room(lambda row: self.kept.update([row.id]))),
        ]

    def close(self) -> None:
        for name, function in self._hear:
            ROOMS[name].remove(function)

    def was_told(self, who: str, row: Introduction, said: str) -> None:
        """A sentence by mail names nobody."""
        del who, row
        assert not [name for name in (*OUTSIDE, GIVER, RECEIVER) if name in said]

    def contact_is_forgotten(self) -> None:
        for row in self.session.scalars(select(Introduction)):
            assert row.contact_email != CONTACT_MAIL
            assert not row.outsider_token_hash or row.contact_email

    def member_is_erased(self, who: str) -> None:
        """Nothing is left of them: no row, no mail that still leaves; the log alone stays whole."""
        self.reached.add("erased")
        self._mails_tell_no_name_too_early()
        for table in (Introduction, Consent, Meeting):
            assert self.session.scalar(select(func.count()).select_from(table)) == 0
        waiting = self.session.scalars(select(FirmMail).where(FirmMail.state == "waiting")).all()
        if waiting:
            self.reached.add("erased with mails")
        assert all(delivery._reasons_not_to(waiting))
        other = self.circle.receiver.id if who == "giver" else self.circle.giver.id
        assert queries.mirror(other) == queries.Mirror(0, 0, 0, 0)
        assert queries.mine(other) == []
        assert standing.standing(self.circle.cohort, "open") == []
        assert standing.standing(self.circle.cohort, "done") == []
        logged = select(func.count()).select_from(AuditEntry)
        told = self.session.scalar(logged.where(AuditEntry.action == "contact.shown"))
        assert (told or 0) >= 2 * len(self.introduced)

    def read(self, held: set[Any]) -> None:
        """Compare everything that has changed since the last step."""
        now_are = dict(self.session.execute(select(Introduction.id, Introduction.version)).all())
        changed = [one for one, version in now_are.items() if self.versions.get(one) != version]
        assert set(self.versions) <= set(now_are)
        if not changed:
            return
        self.versions = now_are
        rows = list(self.session.scalars(select(Introduction).where(Introduction.id.in_(changed))))
        facts = KnownFacts(self.known, rows)
        for row in rows:
            before = self.states.get(row.id, "proposed")
            self._steps_are_legal(row, before)
            self._met_only_with_every_consent(row, facts)
            if before not in MET and row.state in MET:
                assert not {row.need_id, row.asset_id} & held
            self._shown_to_both_sides(row, facts)
            self.states[row.id] = row.state
            self.rows[row.id] = row
            self.reached |= {row.state, row.origin}
        self._one_open_for_a_pair_and_a_need()
        self._mails_tell_no_name_too_early()
        if any(row.introduced_at is not None for row in rows):
            self._books_add_up()

    def read_everything_again(self, *, pages: bool) -> None:
        """At the end of a run: the books, the audit log, and what stands on the pages."""
        self._books_add_up()
        if pages:
            for side in ("giver", "receiver"):
                for seen in queries.mine(getattr(self.circle, side).id):
                    self._hides(seen, side, seen.asset)
            for which in ("open", "done"):
                told = str(standing.standing(self.circle.cohort, which))
                assert not [name for name in OUTSIDE if name in told]
        assert queries.mirror(self.circle.receiver.id) == queries.Mirror(0, 0, 0, 0)
        shown_by_mail = self.session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "contact.shown")
        )
        with_contact = sum(
            count for (_id, kind, _who), count in self.mails.items() if kind == "introduced-contact"
        )
        assert shown_by_mail == 2 * len(self.introduced) + with_contact

    def _steps_are_legal(self, row: Introduction, before: str) -> None:
        reach = {before}
        while more := set().union(*(TRANSITIONS[one] for one in reach)) - reach:
            reach |= more
        assert row.state in reach

    def _met_only_with_every_consent(self, row: Introduction, facts: Facts) -> None:
        given = facts.answers[row.id]
        self.reached |= {one.way for one in given.values()}
        met = row.introduced_at is not None
        assert met == (row.id in self.introduced)
        if met:
            assert {side: one.answer for side, one in given.items()} == dict.fromkeys(
                sides(row), "yes"
            )
            self.reached.add(row.asset)
            assert row.gift
            assert row.blurb
            assert row.promise
            assert row.due_on

    def _shown_to_both_sides(self, row: Introduction, facts: Facts) -> None:
        for side in ("giver", "receiver"):
            self._hides(shown(row, side, facts), side, row.asset)  # type: ignore[arg-type]

    def _hides(self, seen: Any, side: str, asset: str) -> None:
        if seen.met:
            return
        hidden: tuple[str, ...] = ()
        if side == "receiver":
            hidden = (*OUTSIDE, *([GIVER] if asset in BLIND_ASSETS else []))
        elif asset == "buddy":
            hidden = (RECEIVER,)
        told = f"{seen} {seen.next_step} {seen.stages}"
        assert not [name for name in hidden if name in told]

    def _one_open_for_a_pair_and_a_need(self) -> None:
        pairs = Counter(
            (row.giver_id, row.receiver_id, row.need_id)
            for row in self.rows.values()
            if self.states[row.id] in OPEN
        )
        assert max(pairs.values(), default=0) <= 1

    def _mails_tell_no_name_too_early(self) -> None:
        query = select(FirmMail).order_by(FirmMail.id)
        if self.mails_read is not None:
            query = query.where(FirmMail.id > self.mails_read)
        for mail in self.session.scalars(query):
            self.mails_read = mail.id
            self.mails[mail.introduction_id, mail.kind, mail.membership_id] += 1
            row = self.rows[mail.introduction_id]
            if row.introduced_at is not None or mail.membership_id is None:
                continue
            hidden: list[str] = []
            if mail.membership_id == self.circle.receiver.id:
                hidden = [*OUTSIDE, *([GIVER] if row.asset in BLIND_ASSETS else [])]
            elif row.asset == "buddy":
                hidden = [RECEIVER]
            if hidden:
                told = words_of(mail)
                assert not [name for name in hidden if name in told]

    def _books_add_up(self) -> None:
        giver, receiver = self.circle.giver.id, self.circle.receiver.id
        met = Counter(self.states[one] for one in self.introduced)
        assert set(self.introduced.values()) <= {1}
        assert met.total() == len(self.introduced)
        assert set(met) <= {*MET, "stopped"}
        # Promised is kept, let go, stopped or still open; what one gave the other received.
        mirror = queries.mirror(giver)
        assert (mirror.kept, mirror.let_go, mirror.open) == (
            met["kept"],
            met["let_go"],
            met["introduced"],
        )
        assert mirror.late <= mirror.open
        assert set(self.kept) == {one for one, state in self.states.items() if state == "kept"}
        for one in self.introduced:
            assert self.mails[one, "introduced", giver] == 1
            assert self.mails[one, "introduced", receiver] == 1
            assert self.mails[one, "introduced-contact", None] <= 1
        for (one, kind, who), count in self.mails.items():
            if kind in {"introduced", "introduced-contact", "thanked", "outcome"}:
                assert one in self.introduced
                assert count == 1
            if kind == "promise-kept":
                assert (who, count) == (receiver, 1)
                assert one in self.kept
