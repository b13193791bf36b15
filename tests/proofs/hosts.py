"""`make two-hosts`: one of two is killed at a random moment of a round, a digest run, an import.

Each host is a web server and a worker at an address of its own, against one PostgreSQL. The killed
one stays away until the work is judged: the other must end it, once and whole.

`--times 5` of each, `--seed 1`, `--folder DIR`
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, func, select

from coachhub.app import create_app
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.config import Config
from coachhub.contacts.imports import operations, staging
from coachhub.contacts.models import Contact, ContactImport
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.digests.models import Digest, DigestPreference
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds import operations as rounds
from coachhub.introductions.rounds.market import settings_of
from coachhub.mail.models import FirmMail
from coachhub.permissions import Standing
from proofs import invariants
from proofs.crowd import Cookies, answers, people
from proofs.installation import Installation, until

PEOPLE = 4000  # in an imported file
PATIENCE = 180


class Trials:
    """Two hosts and one firm; each trial returns what went wrong."""

    def __init__(self, site: Installation, seed: int) -> None:
        """Make the app of the one who looks on."""
        self.site = site
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.app = create_app(Config.from_env(site.environment))
        with self.app.app_context():
            self.firm_id: UUID = db.session.scalars(
                select(Firm.id).where(Firm.slug == "harbour")
            ).one()
            db.session.remove()

    def kill_and_wait(self, longest: float, done: Callable[[], bool], again: str) -> float | None:
        """Kill a host within so many seconds; return how long the rest took, None if for ever.

        `again` names the job that the clock would put on the queue every five minutes.
        """
        name = self.chance.choice(list(self.site.hosts))
        time.sleep(self.chance.uniform(0, longest))
        programs = [self.site.programs[f"{name} {kind}"] for kind in ("web", "worker")]
        for one in programs:
            one.wanted = False
            one.kill()

        def asked() -> bool:
            if done():
                return True
            self._age_claims()
            queue().put(again, str(self.firm_id), ())
            queue().put("mail.deliver", str(self.firm_id), ())
            time.sleep(1)
            return False

        with self.app.app_context():
            took = until(asked, PATIENCE, pause=0.2)
            db.session.remove()
        for one in programs:
            one.wanted = True
        return took

    def _age_claims(self) -> None:
        """Let five minutes pass for what a dead worker had taken on."""
        with scope(self.firm_id):
            for row in db.session.scalars(select(Round).where(Round.state == "solving")):
                if row.claimed_at is not None:
                    row.claimed_at -= dt.timedelta(minutes=1)
                if row.solving_since is not None and row.claimed_at is None:
                    row.solving_since -= dt.timedelta(minutes=1)
            db.session.commit()

    def an_import(self) -> tuple[float | None, list[str]]:
        """Somebody brings a large address book."""
        mark = self.chance.randrange(10**9)
        lines = "".join(
            f"Imp{mark},Orted{n},,imp{mark}.{n}@example.com,Company {n % 50},Clerk,04 Mar 2024\n"
            for n in range(PEOPLE)
        )
        head = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        with self.app.app_context():
            with scope(self.firm_id):
                member = self._somebody("member")
                actor, member_id = acting(member), member.id
                row = staging.stage(actor, io.BytesIO((head + lines).encode()), "book.csv")
                row_id = row.id
                operations.start(actor, row_id)
                db.session.commit()
            db.session.remove()
        took = self.kill_and_wait(
            6, lambda: self._state(ContactImport, row_id) == "done", "contacts.carry_on"
        )
        with self.app.app_context():
            with scope(self.firm_id):
                count = select(func.count()).select_from(Contact)
                found = db.session.scalar(count.where(Contact.import_id == row_id))
                every = db.session.scalar(count.where(Contact.owner_id == member_id))
            db.session.remove()
        wrong = [] if found == PEOPLE else [f"{found} of {PEOPLE} contacts ({every} in all)"]
        return took, wrong

    def a_round(self) -> tuple[float | None, list[str]]:
        """A coach asks for a round that a worker works out."""
        with self.app.app_context():
            with scope(self.firm_id):
                cohort = db.session.scalars(
                    select(Cohort).where(Cohort.state == "running").order_by(Cohort.created_at)
                ).first()
                assert cohort is not None
                coach = self._coach(cohort)
                open_ = rounds.open_round(cohort)
                if open_ is not None:
                    rounds.drop_draft(coach, open_)
                round_id = rounds.propose_round(coach, cohort, by_worker=True).id
                db.session.commit()
            db.session.remove()
        took = self.kill_and_wait(
            4, lambda: self._state(Round, round_id) == "draft", "introductions.work_out_rounds"
        )
        wrong = []
        with self.app.app_context():
            with scope(self.firm_id):
                row = db.session.scalars(select(Round).where(Round.id == round_id)).one()
                steps = db.session.scalars(
                    select(Introduction).where(Introduction.round_id == round_id)
                ).all()
                keys = Counter(one.key for one in steps)
                worth = sum(one.worth for one in steps)
                if max(keys.values(), default=0) > 1:
                    wrong.append(f"a step stands twice: {keys.most_common(2)}")
                if not steps or abs(worth - row.worth) > 1e-6 * max(1, row.worth):
                    wrong.append(f"steps are worth {worth}, the round says {row.worth}")
                if not settings_of(row).max_ring:
                    wrong.append("its rules are gone")
            db.session.remove()
        return took, wrong

    def a_digest_run(self) -> tuple[float | None, list[str]]:
        """Everybody's digest falls due in the same hour."""
        with self.app.app_context():
            with scope(self.firm_id):
                self._forget_digests()
                here = dt.datetime.now(dt.UTC)
                members = select(Membership.id).where(Membership.state == "active")
                wanted = db.session.scalars(members).all()
                known = {
                    one.membership_id: one for one in db.session.scalars(select(DigestPreference))
                }
                for member_id in wanted:
                    row = known.get(member_id)
                    if row is None:
                        row = DigestPreference(
                            membership_id=member_id, leave_token_hash=str(member_id), timezone="UTC"
                        )
                        db.session.add(row)
                    row.timezone, row.cadence, row.hour = "UTC", "daily", here.hour
                begun = here
                db.session.commit()
            queue().put("digests.write", str(self.firm_id), ())
            db.session.remove()

        def ended() -> bool:
            with scope(self.firm_id):
                mails = select(func.count()).select_from(FirmMail)
                mine = mails.where(FirmMail.kind == "digest", FirmMail.created_at >= begun)
                open_ = db.session.scalar(mine.where(FirmMail.state.in_(("waiting", "sending"))))
                there = db.session.scalar(select(func.count()).select_from(Digest)) or 0
                due = len(wanted) - self._nobody()
                db.session.commit()
            return there >= due and not open_

        took = self.kill_and_wait(5, ended, "digests.write")
        with self.app.app_context():
            with scope(self.firm_id):
                pairs = Counter(db.session.scalars(select(Digest.membership_id)))
                lost = db.session.scalar(
                    select(func.count())
                    .select_from(Digest)
                    .where(Digest.mail_id.is_(None), Digest.skipped == "")
                )
            db.session.remove()
        wrong = [f"{n} digests of one member" for n in pairs.values() if n > 1]
        wrong += [f"{lost} digests without a mail or a reason"] if lost else []
        return took, wrong + invariants.mails(self.site, at_rest=False)

    def _forget_digests(self) -> None:
        """Take away the digests of the last run, so that the next one has work on the same day.

        Mails of theirs were compared with what was taken when that run ended; both go.
        """
        for row in db.session.scalars(select(Digest)).all():
            db.session.delete(row)
        db.session.flush()
        gone = delete(FirmMail).where(FirmMail.kind == "digest").returning(FirmMail.message_id)
        invariants.forget(self.site, set(db.session.scalars(gone)))

    def _nobody(self) -> int:
        """Count those who are in no running cohort: there is no digest for them."""
        there = select(Enrolment.membership_id).where(Enrolment.state == "active")
        return int(
            db.session.scalar(
                select(func.count())
                .select_from(Membership)
                .where(Membership.state == "active", Membership.id.not_in(there))
            )
            or 0
        )

    def _somebody(self, role: str) -> Membership:
        query = select(Membership).where(Membership.role == role, Membership.state == "active")
        return self.chance.choice(db.session.scalars(query.order_by(Membership.id)).all())

    def _coach(self, cohort: Cohort) -> Actor:
        found = db.session.scalars(
            select(Membership)
            .join(Enrolment, Enrolment.membership_id == Membership.id)
            .where(Enrolment.cohort_id == cohort.id, Enrolment.role == "coach")
        ).first()
        assert found is not None
        actor = acting(found)
        more = actor.standings | {Standing.COACH, Standing.COHORT_COACH}
        return Actor(actor.label, actor.person_id, actor.membership_id, more)

    def _state(self, table: type[ContactImport | Round], row_id: UUID) -> str:
        with scope(self.firm_id):
            found = db.session.scalar(select(table.state).where(table.id == row_id))
            db.session.commit()
        return str(found)


def main() -> int:
    """Run so many of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=None)
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="hosts-"))
    wrong: list[str] = []

    def tell(line: str) -> None:
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
        sys.stdout.flush()

    with Installation(folder) as site:
        site.settle()
        for name, address in (("one", "127.0.0.2"), ("two", "127.0.0.3")):
            site.host(name, address)
        trials, there, cookies = Trials(site, args.seed), people(site), Cookies()
        kinds = {
            "import": trials.an_import,
            "round": trials.a_round,
            "digest run": trials.a_digest_run,
        }
        for number in range(args.times):
            for what, trial in kinds.items():
                up = until(
                    lambda: all(answers(one, there[0], cookies) for one in site.hosts.values()), 120
                )
                took, found = trial()
                if up is None or took is None:
                    found.append("it did not end")
                wrong += [f"{what} {number + 1}: {one}" for one in found]
                tell(f"{what} {number + 1}: ended {took or 0:.1f} s later; {found or 'right'}")
        until(lambda: invariants.waiting(site) == 0, 120)
        wrong += invariants.halves(site) + invariants.mails(site, at_rest=True)
        wrong += invariants.trails(site)
    for one in wrong:
        tell(f"WRONG {one}")
    tell("All ended right." if not wrong else f"{len(wrong)} things are wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
