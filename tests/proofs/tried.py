"""Trying one mutant of the code: which tests are asked, in turn, in a fork of this process."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path

from proofs.mutants_of_code import ROOT, WALLS, CodeMutant, install

WALL_TESTS = (
    "tests/walls/test_scope.py",
    "tests/walls/test_rows.py",
    "tests/walls/test_who_may.py",
    "tests/walls/test_database.py",
)
# Tests of a room that stand elsewhere, quickest first.
ALSO = {
    "board": ("tests/companies_db",),
    "companies": ("tests/companies_db",),
    "firms": ("tests/cohorts", "tests/accounts/test_invitation.py", "tests/console"),
    "moderation": ("tests/console/test_case.py", "tests/console/test_desk.py"),
    "console": ("tests/moderation/test_deciding.py", "tests/audit/test_every_deed.py"),
    "mail": ("tests/console/test_queue.py",),
    "accounts": (),
    "core": ("tests/firms", "tests/cohorts", "tests/accounts/test_sessions.py"),
}
# A few routes of every kind, for guards that stand before all of them.
SAMPLE = r"^(firms\.(home|me)|board\.|console\.(home|people)|staff\.|huddle\.)"
FAILED, HUNG = 1, -1
NOT_THERE = 77  # nothing live has this code, so nothing was tried
LONGEST = 240  # seconds for one go; a mutant that hangs is noticed
SLOW = ("mail/test_crashes", "mail/test_race", "mail/test_golden", "core/test_embedded")


class NotTriedError(RuntimeError):
    """The tests did not run, so nothing is known of a mutant."""


def plan(mutant: CodeMutant) -> list[tuple[list[str], str]]:
    """Return which tests to run in turn, each with the routes that the generated ones knock at."""
    parts = Path(mutant.file).parts
    generated = ["tests/walls/test_routes.py"]
    if mutant.file in WALLS:
        room = parts[1]
        more = [one for one in (f"tests/{room}", *ALSO.get(room, ())) if (ROOT / one).exists()]
        return [(list(WALL_TESTS), ""), (generated, SAMPLE), (more, "")]
    if parts[0] == "plugins":
        name = parts[1].removeprefix("coachhub_")
        return [([f"tests/plugins/{name}"], ""), (generated, rf"^{name}\.")]
    room = parts[1]
    own = [one for one in (f"tests/{room}", *ALSO.get(room, ())) if (ROOT / one).exists()]
    return [(own, ""), (generated, rf"^({room}|{_blueprints(room)})\.")]


def _blueprints(room: str) -> str:
    """Return the names of a room's blueprints, as an expression."""
    from coachhub.app import ROOMS  # noqa: PLC0415 - the parent has it already

    return "|".join(one.bp.name for one in ROOMS if one.__name__.split(".")[1] == room) or room


def try_code(mutant: CodeMutant, log: Path) -> str:
    """Return which tests noticed a mutant, or nothing."""
    for tests, routes in plan(mutant):
        if not tests:
            continue
        code = _forked(mutant, tests, routes, log)
        if code in {FAILED, HUNG}:
            return f"{' '.join(tests)} ({code})"
        if code != 0:
            raise NotTriedError(f"{mutant.name}: {' '.join(tests)} ended with {code}, see {log}")
    return ""


def _forked(mutant: CodeMutant, tests: list[str], routes: str, log: Path) -> int:
    pid = os.fork()
    if pid == 0:
        _child(mutant, tests, routes, log)
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return HUNG


def _child(mutant: CodeMutant, tests: list[str], routes: str, log: Path) -> None:
    """Run the tests with the changed code; the exit code is pytest's."""
    code = 3
    try:
        os.setsid()
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        if routes:
            os.environ["WALLS_ROUTES"] = routes
        os.write(1, f"== {mutant.name}: {tests} {routes}\n".encode())
        import pytest  # noqa: PLC0415 - only the child runs tests

        os.chdir(ROOT)
        for name in [one for one in sys.modules if one.startswith(("fixtures_", "walls."))]:
            del sys.modules[name]  # pytest reads the tests' own modules itself
        left_out = [f"--deselect=tests/{one}.py" for one in SLOW]
        if install(mutant) == 0:
            os._exit(NOT_THERE)
        code = int(
            pytest.main(
                [
                    "-x",
                    "-q",
                    "--no-header",
                    "--tb=line",
                    "-p",
                    "no:cacheprovider",
                    *left_out,
                    *tests,
                ]
            )
        )
    except BaseException:  # noqa: BLE001 - the log tells
        traceback.print_exc()
    finally:
        os._exit(code)
