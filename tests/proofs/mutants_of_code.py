"""One guard taken out of the code at a time.

A mutant is a file's syntax tree with one change. It is put in place by giving the live functions
the changed code, so that a process that has loaded everything can be forked for each.
"""

from __future__ import annotations

import ast
import copy
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

ROOT = Path(__file__).parents[2]
# Where every condition, every criterion and every refusal is a stone of the wall.
WALLS = (
    "coachhub/core/tenancy.py",
    "coachhub/core/db.py",
    "coachhub/core/walls.py",
    "coachhub/core/access.py",
    "coachhub/firms/entrance.py",
    "coachhub/cohorts/entrance.py",
)
REFUSALS = {"NotFoundError", "NotAllowedError"}
OWNERS = (
    "owner_id", "cohort_id", "member_id", "membership_id", "person_id", "giver_id",
    "receiver_id", "author_id", "by_id", "state", "_hash",
)  # fmt: skip


@dataclass(frozen=True)
class CodeMutant:
    """A change: in which file, in which function, what it is called; how it is made."""

    file: str
    function: str
    line: int
    what: str
    path: tuple[int, ...]  # the node, by its place in a walk of the tree
    begins: int  # the line of the function

    @property
    def name(self) -> str:
        """Its name in reports."""
        return f"{self.file}:{self.line} {self.function}: {self.what}"


def files() -> list[str]:
    """Return every file that may hold a guard."""
    found = [*ROOT.glob("coachhub/**/*.py"), *ROOT.glob("plugins/coachhub_*/**/*.py")]
    left_out = ("migrations/", "skeleton/", "demo/", "exchange/", "embedded/")
    return sorted(
        str(file.relative_to(ROOT))
        for file in found
        if not any(one in str(file) for one in left_out)
    )


def mutants() -> list[CodeMutant]:
    """Return one for each guard there is."""
    return [one for file in files() for one in _of_file(file)]


def _of_file(file: str) -> Iterator[CodeMutant]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    places = {id(node): place for place, node in enumerate(nodes)}
    for function in _functions(tree):
        if function.name == "__init_subclass__":
            continue  # runs while tables are declared: `tables` takes those stones out
        inner = [node for node in ast.walk(function) if node is not function]
        refuses = any(_refusal(node) for node in inner)
        for node in inner:
            if file in WALLS:
                found = _stones(node)
            elif refuses or function.name.startswith(("may_", "_own", "own_")):
                found = _guards(node)
            else:
                continue
            for what, part in found:
                yield CodeMutant(
                    file,
                    function.name,
                    node.lineno,
                    what,
                    (places[id(node)], part),
                    function.lineno,
                )


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Return the outermost functions and the methods: each node belongs to one of them."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node)


def _refusal(node: ast.AST) -> bool:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id in REFUSALS


def _stones(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Every condition is never met; every operand and criterion goes, one by one."""
    if isinstance(node, ast.If):
        yield f"if {ast.unparse(node.test)}: never", -1
    if isinstance(node, ast.BoolOp):
        for place, value in enumerate(node.values):
            yield f"without {ast.unparse(value)}", place
    for place, value in _criteria(node):
        yield f"where without {ast.unparse(value)}", place


def _guards(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The condition of a refusal is never met; its operands and the owner's criteria go."""
    if isinstance(node, ast.If) and any(_refusal(one) for one in node.body):
        yield f"if {ast.unparse(node.test)}: never refuses", -1
        if isinstance(node.test, ast.BoolOp):
            for place, value in enumerate(node.test.values):
                yield f"refuses without {ast.unparse(value)}", place
    criteria = _criteria(node)
    for place, value in criteria if len(criteria) > 1 else []:
        if any(owner in ast.unparse(value) for owner in OWNERS):
            yield f"where without {ast.unparse(value)}", place


def _criteria(node: ast.AST) -> list[tuple[int, ast.expr]]:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return []
    return list(enumerate(node.args)) if node.func.attr == "where" else []


def changed(mutant: CodeMutant) -> CodeType:
    """Return the compiled file with the one change."""
    file = ROOT / mutant.file
    tree = ast.parse(file.read_text(encoding="utf-8"))
    place, part = mutant.path
    node = list(ast.walk(tree))[place]
    if isinstance(node, ast.If) and part == -1:
        node.test = ast.copy_location(ast.Constant(value=False), node.test)
    elif isinstance(node, ast.If):
        _drop(tree, node.test, part)
    elif isinstance(node, ast.BoolOp):
        _drop(tree, node, part)
    elif isinstance(node, ast.Call):
        del node.args[part]
    return compile(ast.fix_missing_locations(tree), str(file), "exec")


def _drop(tree: ast.AST, node: ast.AST, part: int) -> None:
    """Take one operand out of an `and` or an `or`; the only one left stands alone."""
    assert isinstance(node, ast.BoolOp)
    del node.values[part]
    if len(node.values) > 1:
        return
    [left] = node.values
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, name, copy.copy(left))
            elif isinstance(value, list) and any(one is node for one in value):
                value[[one is node for one in value].index(True)] = copy.copy(left)


def install(mutant: CodeMutant) -> int:
    """Give the live functions the changed code; return how many have it now."""
    return give(mutant.file, changed(mutant))


def give(name: str, whole: CodeType) -> int:
    """Give a file's live functions the code of `whole`; return how many have other code now."""
    new = {(one.co_qualname, one.co_firstlineno): one for one in _codes(whole) if one.co_qualname}
    file, done = str(ROOT / name), 0
    for live in gc.get_objects():
        if not isinstance(live, FunctionType) or live.__code__.co_filename != file:
            continue
        code = new.get((live.__code__.co_qualname, live.__code__.co_firstlineno))
        if code is None or code == live.__code__:
            continue
        if code.co_freevars == live.__code__.co_freevars:
            live.__code__ = code
            done += 1
    return done


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)
