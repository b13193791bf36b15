"""Write the table of settings into docs/operations.md, as `make settings-table` does."""

from __future__ import annotations

import re
from pathlib import Path

from coachhub.config import Config

PAGE = Path(__file__).resolve().parents[1] / "docs" / "operations.md"
_BLOCK = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)


def table() -> str:
    """Return every setting as a row: name, meaning, default."""
    rows = ["| Name | What it is | Left out |", "|---|---|---|"]
    for name, meaning, default in Config.documented():
        rows.append(f"| `{name}` | {meaning} | {f'`{default}`' if default else ''} |")
    return "\n".join(rows) + "\n"


def with_table(page: str) -> str:
    """Return the page with the table as it is now."""
    return _BLOCK.sub(lambda found: found[1] + table() + found[2], page)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
