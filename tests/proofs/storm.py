"""`make storm`: faults without end on an installation at work, and whether it is whole after each.

Two hosts with a web server and a worker each, one PostgreSQL on a small disk, one mail server; a
crowd reads, posts, answers, proposes and releases all the while. After each fault the time is
taken until both hosts show a signed-in page again and the queue is empty.

`--faults 500 --minutes 30 --crowd 3 --scale 1 --seed 1 --folder DIR`
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.jobs import queue
from proofs import faults, invariants
from proofs.crowd import Cookies, Crowd, Somebody, answers, people
from proofs.installation import Installation, small_disk, until

MOST = 60.0  # seconds to be well again
DISK = 1200  # megabytes


class Storm:
    """One storm: what was struck, how long each recovery took, what was found wrong."""

    def __init__(self, site: Installation, tell: Callable[[str], None], seed: int) -> None:
        """Name the installation."""
        self.site, self.tell = site, tell
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.took: dict[str, list[float]] = defaultdict(list)
        self.wrong: list[str] = []
        self.cookies = Cookies()
        app = create_app(Config.from_env(site.environment))
        self.app = app
        self.somebody: Somebody = people(site)[0]
        with app.app_context():
            self.firm_id = str(queue().firm_ids()[0])  # type: ignore[index]
            db.session.remove()
            db.engine.dispose()

    def well(self) -> bool:
        """Say whether both hosts answer and the queue is worked off."""
        if not all(answers(base, self.somebody, self.cookies) for base in self.site.hosts.values()):
            return False
        return invariants.waiting(self.site) == 0

    def strike(self, fault: faults.Fault) -> None:
        """Do one fault, and measure how long it takes to be well again."""
        try:
            fault.strike(self.site, self.chance)
        except Exception as error:  # noqa: BLE001 - the fault hit its own tools: it still struck
            self.tell(f"{fault.name}: {error!r}")
        begun = time.monotonic()
        # Somebody must be there to do new work, too.
        until(self._put_work, MOST)
        seconds = until(self.well, 2 * MOST)
        if seconds is None:
            self.wrong.append(f"not well {2 * MOST:.0f} s after: {fault.name}")
        self.took[fault.name].append(time.monotonic() - begun)

    def _put_work(self) -> bool:
        with self.app.app_context():
            queue().put("mail.deliver", self.firm_id, ())
            queue().put("introductions.clock", self.firm_id, ())
        return True

    def look(self, crowd: Crowd) -> None:
        """Look at what must hold now."""
        found = []
        for judge in (invariants.halves, lambda site: invariants.mails(site, at_rest=False)):
            try:
                found += judge(self.site)
            except Exception as error:  # noqa: BLE001 - the database has just fallen over
                self.tell(f"could not look: {error!r}")
        with crowd.tally.lock:
            found += crowd.tally.nameless
            crowd.tally.nameless.clear()
        for one in found:
            if one not in self.wrong:
                self.wrong.append(one)
                self.tell(f"WRONG {one}")

    def report(self) -> None:
        """Tell the recovery times."""
        every = sorted(one for times in self.took.values() for one in times)
        for name, times in sorted(self.took.items()):
            self.tell(
                f"  {name}: {len(times)} times, back in {statistics.median(times):.1f} s,"
                f" worst {max(times):.1f} s"
            )
        if every:
            self.tell(
                f"{len(every)} faults; recovery median {statistics.median(every):.1f} s,"
                f" p95 {every[int(len(every) * 0.95)]:.1f} s, worst {every[-1]:.1f} s"
            )


def main() -> int:
    """Let it storm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--crowd", type=int, default=3)
    parser.add_argument("--scale", type=int, default=1, help="of the demo; 0: less")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of the names of the faults wanted")
    parser.add_argument("--folder", type=Path, default=None)
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="storm-"))

    def tell(line: str) -> None:
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
        sys.stdout.flush()

    with contextlib.ExitStack() as stack:
        small = stack.enter_context(small_disk(folder / "pg", DISK))
        site = stack.enter_context(Installation(folder, {"max_wal_size": "128MB"}))
        return blow(site, tell, args, small=small)


def blow(
    site: Installation, tell: Callable[[str], None], args: argparse.Namespace, *, small: bool
) -> int:
    """Set everything up, strike so often, and judge."""
    tell(f"in {site.folder}; disk of its own: {small}")
    if args.scale:
        site.command("demo", "--scale", str(args.scale))
    else:
        site.settle()
    for name, address in (("one", "127.0.0.2"), ("two", "127.0.0.3")):
        site.host(name, address)
    storm = Storm(site, tell, args.seed)
    if until(storm.well, 400) is None:
        tell("It never was well; the logs say why.")
        return 1
    found = invariants.halves(site) + invariants.trails(site)
    if found:
        tell(f"Wrong before anything happened: {found}")
        return 1
    crowd = Crowd(list(site.hosts.values()), people(site), threads=args.crowd)
    crowd.pause = 0.3
    crowd.start()
    kinds = faults.all_faults(fills_disks=small)
    kinds = [one for one in kinds if args.only in one.name]
    begun, struck = time.monotonic(), 0
    tell("It storms.")
    while struck < args.faults and time.monotonic() - begun < args.minutes * 60:
        storm.strike(storm.chance.choices(kinds, [one.weight for one in kinds])[0])
        struck += 1
        if struck % 5 == 0:
            storm.look(crowd)
        if struck % 25 == 0:
            minutes = (time.monotonic() - begun) / 60
            tell(f"{struck} faults in {minutes:.1f} minutes; {invariants.states(site)}")
    crowd.stop()
    return judged(site, storm, crowd)


def judged(site: Installation, storm: Storm, crowd: Crowd) -> int:
    """Let what is under way end, and look at everything once more."""
    tell = storm.tell
    rest = until(lambda: storm.well() and not _under_way(storm), 240, pause=1)
    tell(f"At rest after {rest} s." if rest else "It did not come to rest.")
    storm.look(crowd)
    storm.wrong += invariants.mails(site, at_rest=True) + invariants.trails(site)
    tally = crowd.tally
    total = sum(tally.answers.values())
    tell(
        f"The crowd had {total} answers {dict(tally.answers)}; nobody answered"
        f" {sum(tally.silent.values())} times {dict(tally.silent)}"
    )
    for name, number in Counter(tally.incidents).most_common(12):
        tell(f"  {number} times: {name}")
    storm.report()
    tell(f"Mails: {invariants.states(site)}; taken {sum(invariants.taken(site).values())}")
    starts = {name: program.starts for name, program in site.programs.items()}
    tell(f"Starts: {starts}")
    worst = max((one for times in storm.took.values() for one in times), default=0.0)
    if worst > MOST:
        storm.wrong.append(f"one recovery took {worst:.0f} s")
    for one in storm.wrong:
        tell(f"WRONG {one}")
    tell("Everything held." if not storm.wrong else f"{len(storm.wrong)} things are wrong.")
    return 1 if storm.wrong else 0


def _under_way(storm: Storm) -> int:
    """Count the mails that should have ended; ask for their delivery again."""
    storm._put_work()
    query = (
        "SELECT count(*) FROM mail_firm_mail WHERE state = 'sending'"
        " OR (state = 'waiting' AND due_at < now())"
    )
    return int(storm.site.ask(query)[0][0]) + invariants.written_down(storm.site)


if __name__ == "__main__":
    sys.exit(main())
