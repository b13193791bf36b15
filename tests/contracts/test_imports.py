"""Rules about what may be imported where, beyond the layers that import-linter checks."""

import ast
from pathlib import Path

from contracts.tree import code, imports, parsed

# Modules that speak SQL in words, and why.
RAW_SQL = {
    "coachhub/core/db.py": "tells PostgreSQL whose firm each transaction is for",
    "coachhub/core/walls.py": "looks at PostgreSQL's own catalogue",
    "coachhub/upkeep/postgres.py": "reads whole tables for backups, with a role of its own",
    "coachhub/core/embedded/cluster.py": "makes databases and roles, before there are tables",
}
RAW_CALLS = {"text", "exec_driver_sql"}
DRIVER = {"psycopg", "psycopg_pool", "psycopg2"}
PLUGINS_MAY = {"queries", "operations", "hooks", "models"}
# Doors that are no room's files, and what they are for.
MORE_DOORS = (
    "coachhub.core",
    "coachhub.permissions",
    "coachhub.mail.outbox",  # sending a letter
    "coachhub.firms.layout",  # where a page stands
    "coachhub.firms.numbers",  # what menus and heads of pages count
    "coachhub.firms.plugins",  # what the firm decided
    "coachhub.moderation.guards",  # forms whose words others read
    "coachhub.board.kinds",  # what can be offered
    "coachhub.board.specific",  # whether words can be acted on
    "coachhub.companies.identities",  # how long a name may be
    "coachhub.introductions.matching.match",  # what MATCH_SIGNALS hands over
    "coachhub.introductions.rounds.picture",  # a round to look at
)


def called(node: ast.Call) -> str:
    """Return the last part of what is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def speaks_sql(path: Path) -> list[int]:
    """Return the lines on which a module writes SQL in words."""
    from_sqlalchemy = {
        alias.asname or alias.name
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name in RAW_CALLS
    }
    lines = []
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.Call):
            continue
        name = called(node)
        direct = isinstance(node.func, ast.Name) and name in from_sqlalchemy
        through = (
            isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"sa", "sqlalchemy", "db"}
            and name == "text"
        )
        if direct or through or name == "exec_driver_sql":
            lines.append(node.lineno)
    return lines


def test_sql_in_words_stands_in_named_modules_only() -> None:
    found = {
        str(path): lines for path in code("coachhub", "plugins") if (lines := speaks_sql(path))
    }
    assert set(found) - set(RAW_SQL) == set()


def test_the_driver_is_used_in_named_modules_only() -> None:
    found = {
        str(path)
        for path in code("coachhub", "plugins")
        for _, module in imports(path)
        if module.partition(".")[0] in DRIVER
    }
    assert found - set(RAW_SQL) == set()


def test_the_list_of_such_modules_is_no_longer_than_it_must_be() -> None:
    used = {
        str(path)
        for path in code("coachhub", "plugins")
        if speaks_sql(path)
        or any(module.partition(".")[0] in DRIVER for _, module in imports(path))
    }
    assert set(RAW_SQL) - used == set()


def test_the_rule_finds_what_it_looks_for() -> None:
    assert speaks_sql(Path("coachhub/core/walls.py"))


def test_nothing_imports_a_plugin() -> None:
    found = [
        f"{path}:{line} {module}"
        for path in code("coachhub", "migrations")
        for line, module in imports(path)
        if module.startswith("coachhub_")
    ]
    assert found == []


def test_plugins_use_the_doors_that_are_meant_for_them() -> None:
    found = []
    for path in code("plugins"):
        if len(path.parts) < 3:
            continue
        own = path.parts[1]
        for line, module in imports(path):
            parts = module.split(".")
            other = parts[0].startswith("coachhub_") and parts[0] != own
            inside = (
                parts[0] == "coachhub"
                and len(parts) > 2
                and not PLUGINS_MAY & set(parts[2:4])
                and not f"{module}.".startswith(tuple(f"{door}." for door in MORE_DOORS))
            )
            if "tests" not in path.parts and (other or inside):
                found.append(f"{path}:{line} {module}")
    assert found == []
