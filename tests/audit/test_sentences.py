"""Each act that the platform writes down can be read as a sentence."""

from __future__ import annotations

import ast
import re

import pytest

from coachhub.console.acts import WORDS
from coachhub.console.sentences import sentence, title
from coachhub.core.audit import AuditEntry
from contracts.tree import ROOT

_WRITERS = {"record", "_record", "record_at_desk"}


def actions() -> set[str]:
    """Return every action that stands in the platform's code as it is."""
    found = set()
    for file in (ROOT / "coachhub").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            action = node.args[1]
            if name in _WRITERS and isinstance(action, ast.Constant) and "." in str(action.value):
                found.add(str(action.value))
    return found


def test_every_act_has_its_words() -> None:
    assert actions() - WORDS.keys() == set()


@pytest.mark.parametrize("action", sorted(WORDS))
def test_it_reads_well_with_and_without_details(action: str) -> None:
    names = set(re.findall(r"%\((\w+)\)s", WORDS[action]))
    full = AuditEntry(
        action=action,
        subject_kind="thing",
        subject_label="{label}",
        details=dict.fromkeys(names, "a <b>"),
    )
    bare = AuditEntry(action=action, subject_kind="thing", subject_label="", details={})
    assert "{label}" in sentence(full) or "label" not in names
    for one in (sentence(full), sentence(bare)):
        assert one[0].islower()
        assert not one.endswith((":", ","))
    assert title(action)[0].isupper()
