"""Which tests reach which guarded function: told by a bell in each, rung in one run of the suite.

So a mutant is shown to the tests that can notice it, and not to hours of tests that cannot: those
of its own room first, among them those of its own module, and the quickest before the others.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import has_request_context, request

from coachhub.core import plugins
from proofs.mutants_of_code import ROOT, CodeMutant, give, mutants

BELL = "_walls_bell"
ROUTES = "tests/walls/test_routes.py"
MANY = 30  # routes that lead to one guard: the others are guarded by it in the same way
FILES = 24  # of tests that are read for one mutant: reading all takes longer than running many


class Callers:
    """A pytest plugin: who rang which bell, and how long each test took."""

    def __init__(self, file: Path) -> None:
        """Begin with nothing heard."""
        self.file = file
        self.now = ""
        self.heard: dict[str, set[str]] = defaultdict(set)  # tests, by function
        self.asked: dict[str, set[str]] = defaultdict(set)  # endpoints, by function
        self.took: dict[str, float] = {}  # seconds, by test

    def ring(self, function: str) -> None:
        if self.now:
            self.heard[function].add(self.now)
        if self.now.startswith(ROUTES) and has_request_context() and request.endpoint:
            self.asked[function].add(request.endpoint)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.now = nodeid

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # What a test needs to begin counts as much as itself.
        self.took[report.nodeid] = self.took.get(report.nodeid, 0) + report.duration

    def pytest_sessionfinish(self) -> None:
        """Write a line for each test, and one for each function that a route leads to."""
        rang = defaultdict(list)
        for function, tests in self.heard.items():
            for test in tests:
                rang[test].append(function)
        with self.file.open("w", encoding="utf-8") as file:
            for test, seconds in self.took.items():
                line = {"test": test, "seconds": round(seconds, 3), "functions": sorted(rang[test])}
                file.write(json.dumps(line) + "\n")
            for function, endpoints in self.asked.items():
                file.write(json.dumps({"function": function, "routes": sorted(endpoints)}) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    """Hang the bells in the process that runs tests."""
    folder = os.environ.get("WALLS_CALLERS")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not folder or not (worker or not config.getoption("numprocesses", None)):
        return
    here = Callers(Path(folder) / f"callers-{worker or 'alone'}.jsonl")
    config.pluginmanager.register(here)
    setattr(builtins, BELL, here.ring)
    hang_bells()


def hang_bells() -> None:
    """Let every guarded function tell that it was called."""
    import coachhub.app  # noqa: F401, PLC0415 - every room is to be live

    plugins.find()
    by_file: dict[str, set[int]] = defaultdict(set)
    for mutant in mutants():
        by_file[mutant.file].add(mutant.begins)
    for file, lines in by_file.items():
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        for node in list(ast.walk(tree)):
            if isinstance(node, ast.FunctionDef) and node.lineno in lines:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.FunctionDef):
                        _hang(inner, f"{file}:{node.lineno}")
        give(file, compile(ast.fix_missing_locations(tree), str(ROOT / file), "exec"))


def _hang(function: ast.FunctionDef, name: str) -> None:
    call = ast.Expr(ast.Call(ast.Name(BELL, ast.Load()), [ast.Constant(name)], []))
    after = 1 if ast.get_docstring(function) is not None else 0
    function.body.insert(after, ast.copy_location(call, function.body[0]))


def ask_all(folder: Path, tell: Callable[[str], None]) -> Known:
    """Run the suite with bells, if that was not done in this folder; it has to pass untouched."""
    done = folder / "callers-are-known"
    if not done.exists():
        tell("the suite is run once, to hear which tests reach which guard")
        begun = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "3", "--dist", "worksteal",
             "-p", "proofs.callers", "tests"],
            check=True, cwd=ROOT, stdout=(folder / "callers.log").open("w"),
            env={**os.environ, "WALLS_CALLERS": str(folder)},
        )  # fmt: skip
        done.touch()
        tell(f"heard in {time.monotonic() - begun:.0f} s")
    return Known(folder)


class Known:
    """What a run with bells has told."""

    def __init__(self, folder: Path) -> None:
        """Read what the workers wrote; nothing is known without it."""
        self.tests: dict[str, list[tuple[float, str]]] = defaultdict(list)
        self.routes: dict[str, set[str]] = defaultdict(set)
        lines: list[dict[str, Any]] = [
            json.loads(line)
            for file in sorted(folder.glob("callers-*.jsonl"))
            for line in file.read_text(encoding="utf-8").splitlines()
        ]
        for line in lines:
            if "routes" in line:
                self.routes[line["function"]].update(line["routes"])
            for function in line.get("functions", ()):
                self.tests[function].append((line["seconds"], line["test"]))

    def asked(self, mutant: CodeMutant) -> str:
        """Return an expression for the routes that lead to a mutant; empty if none does."""
        found = sorted(self.routes[f"{mutant.file}:{mutant.begins}"])[:MANY]
        return f"^({'|'.join(map(re.escape, found))})$" if found else ""

    def callers(
        self, mutant: CodeMutant, own: tuple[str, ...], never: tuple[str, ...], seconds: float
    ) -> list[str]:
        """Return the tests that reach a mutant, of so many seconds together at the most.

        `own` is how the names of the mutant's own tests begin; they come first, and first of all
        those in a file named after its module. Those that begin as `never` says are left out.
        """
        module = f"/test_{Path(mutant.file).stem}.py::"
        found = sorted(
            self.tests[f"{mutant.file}:{mutant.begins}"],
            key=lambda one: (not one[1].startswith(own), module not in one[1], *one),
        )
        found = [one for one in found if not one[1].startswith(never)]
        chosen: list[str] = []
        files: set[str] = set()
        for took, test in found:
            file = test.partition("::")[0]
            if took > seconds or (file not in files and len(files) >= FILES):
                continue
            chosen.append(test)
            files.add(file)
            seconds -= took
        return chosen
