"""What is in the checkout: tracked files, modules, and what they import."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Return every file under version control, relative to the checkout."""
    told = subprocess.run(
        ["/usr/bin/env", "git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [Path(name.decode()) for name in told.stdout.split(b"\0") if name]
    return tuple(name for name in names if (ROOT / name).is_file())


def code(*tops: str) -> list[Path]:
    """Return the tracked Python files below some folders."""
    return [path for path in tracked() if path.suffix == ".py" and path.parts[0] in tops]


@functools.cache
def parsed(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, module) of every import in a module, wherever it stands.

    `from a import b` is told as both `a` and `a.b`, since b may be a module.
    """
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
