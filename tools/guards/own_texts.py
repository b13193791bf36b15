"""What the guards say to the product's own texts; run with ``PYTHONPATH=.:plugins``.

Read are the sentences in the code of the demo, the plugins and the tests, which are everyday posts
for the most part. Those that a test means to be nudged are among them, so the list is for people
to read, not a figure.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from coachhub.moderation.guarding.learned import judge

ROOT = Path(__file__).parents[2]
TOPS = ("coachhub/demo", "plugins", "tests")
NOT_POSTS = {"guards", "contracts", "bench", "migrations"}
SHORTEST, LONGEST = 8, 3000
# Markup, SQL, addresses of this machine, and what does not begin like a sentence.
NO_POST = re.compile(r"[<>{}\\=]|SELECT|INSERT|://127|^\W")
WORDS = re.compile(r"[a-z]{2,} [a-zA-Z]")
GUARDS = ("confidential", "scam", "attack", "selling")


def sentences(path: Path) -> Iterator[str]:
    """Yield the texts in a module that may be posts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Expr)
        for part in ast.iter_child_nodes(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            text = node.value
            posts = SHORTEST <= len(text) <= LONGEST and WORDS.search(text)
            if posts and not NO_POST.search(text):
                yield text


def main() -> None:
    """Print each text that a guard says something to, and how many there are."""
    found: dict[str, Path] = {}
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*.py")):
            if not NOT_POSTS & set(path.relative_to(ROOT).parts):
                found |= dict.fromkeys(sentences(path), path.relative_to(ROOT))
    said = 0
    for text, path in found.items():
        for guard in GUARDS:
            verdict = judge(guard, text)
            if verdict.speaks:
                said += 1
                over = verdict.score - verdict.enough
                sys.stdout.write(f"{guard:12} {over:5.2f} {path}: {text[:150]!r}\n")
    sys.stdout.write(f"{said} words said to {len(found)} texts\n")


if __name__ == "__main__":
    main()
