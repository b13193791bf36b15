"""Trying one mutant of the code: which tests are asked, in turn, in a fork of this process."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path

from proofs.callers import ROUTES, Known
from proofs.mutants_of_code import ROOT, WALLS, CodeMutant, install

WALL_TESTS = (
    "tests/walls/test_scope.py",
    "tests/walls/test_rows.py",
    "tests/walls/test_who_may.py",
    "tests/walls/test_database.py",
)
# A few routes of every kind, for guards that stand before all of them.
SAMPLE = r"^(firms\.(home|me)|board\.|console\.(home|people)|staff\.|huddle\.)"
# A firm's door is tried mostly by the ways in.
BESIDE = {"coachhub/firms/entrance.py": ("tests/accounts/",)}
FAILED, HUNG = 1, -1
NOT_THERE = 77  # nothing live has this code, so nothing was tried
# Seconds without a test that ends, longer than any test takes; a mutant that hangs is noticed.
LONGEST = 240
ENOUGH = 120  # seconds of tests that a mutant is shown to, as they took untouched
ELSEWHERE = (
    ROUTES,  # asked by itself
    "tests/mail/test_crashes", "tests/mail/test_race", "tests/core/test_embedded",
)  # fmt: skip


class NotTriedError(RuntimeError):
    """The tests did not run, so nothing is known of a mutant."""


class Alive:
    """A pytest plugin: touches a file whenever a test ends."""

    def __init__(self, file: Path) -> None:
        """Watch over one file."""
        self.file = file

    def pytest_runtest_logfinish(self) -> None:
        self.file.touch()


def plan(mutant: CodeMutant, known: Known) -> list[tuple[list[str], str]]:
    """Return which tests to run in turn, each with the routes that the generated ones knock at."""
    parts = Path(mutant.file).parts
    plugin = parts[0] == "plugins"
    room = parts[1].removeprefix("coachhub_")
    own = (f"tests/plugins/{room}" if plugin else f"tests/{room}",)
    if mutant.file in WALLS:
        own = (*own, *WALL_TESTS, *BESIDE.get(mutant.file, ()))
    callers = known.callers(mutant, own, ELSEWHERE, ENOUGH)
    steps = [(callers, ""), ([ROUTES], known.asked(mutant))]
    if mutant.file in WALLS:
        steps = [(callers, ""), ([ROUTES], SAMPLE), (list(WALL_TESTS), "")]
    return [(tests, routes) for tests, routes in steps if tests and (routes or tests != [ROUTES])]


def try_code(mutant: CodeMutant, known: Known, log: Path) -> str:
    """Return which tests noticed a mutant, or nothing."""
    for tests, routes in plan(mutant, known):
        code = _forked(mutant, tests, routes, log)
        if code in {FAILED, HUNG}:
            return f"{tests[0]}, {len(tests)} asked ({code})"
        if code != 0:
            raise NotTriedError(f"{mutant.name}: {len(tests)} tests ended with {code}, see {log}")
    return ""


def _forked(mutant: CodeMutant, tests: list[str], routes: str, log: Path) -> int:
    pid = os.fork()
    if pid == 0:
        _child(mutant, tests, routes, log)
    log.touch()
    while time.time() - log.stat().st_mtime < LONGEST:
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
                    *tests,
                ],
                plugins=[Alive(log)],
            )
        )
    except BaseException:  # noqa: BLE001 - the log tells
        traceback.print_exc()
    finally:
        os._exit(code)
