"""Rules that hold for every file of the checkout."""

import ast
import re
from pathlib import Path

from jinja2 import Environment

from contracts.tree import ROOT, code, parsed, tracked

MOST_LINES = 400
# Made by a tool, or lists of facts: nobody reads them from top to bottom.
LONGER = (
    "requirements.lock",
    "package-lock.json",
    "coachhub/companies/catalogue.csv",
    "coachhub/companies/data/*",
    "tests/*/zoo/*",
    "tests/walls/who_may.txt",
    "**/messages.po",
    "tests/**/*.csv",
)
REGISTRIES = re.compile(
    "|".join(
        map(
            re.escape,
            # In two parts, so that this file does not name them either.
            (
                "pypi" + ".org",
                "files.python" + "hosted",
                "registry." + "npmjs",
                "deb." + "debian.org",
                "registry." + "yarnpkg",
            ),
        )
    )
)
DUMPS = {"utils", "util", "helpers", "helper", "common", "misc"}


def text_of(path: Path) -> str | None:
    """Return a file's text, or None if it is none."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    long = {}
    for path in tracked():
        if any(path.match(pattern) for pattern in LONGER) or path.match("tests/*/zoo/**"):
            continue
        lines = (text_of(path) or "").count("\n")
        if lines > MOST_LINES:
            long[str(path)] = lines
    assert long == {}


def test_no_file_names_a_registry() -> None:
    found = [str(path) for path in tracked() if REGISTRIES.search(text_of(path) or "")]
    assert found == []


def test_no_module_is_a_dump() -> None:
    found = [
        str(path)
        for path in code("coachhub", "plugins", "tests", "tools", "migrations")
        if DUMPS & {path.stem, *path.parts[:-1]}
    ]
    assert found == []


def test_every_package_says_what_it_is() -> None:
    packages = [path for path in code("coachhub", "plugins") if path.name == "__init__.py"]
    assert len(packages) > 10
    silent = [str(path) for path in packages if not ast.get_docstring(parsed(path))]
    assert silent == []


def test_every_folder_with_code_is_a_package() -> None:
    modules = code("coachhub", "plugins")
    packages = {path.parent for path in modules if path.name == "__init__.py"}
    bare = {
        str(path.parent)
        for path in modules
        if path.parent not in packages and "migrations" not in path.parts and len(path.parts) > 2
    }
    assert bare == set()


def test_every_template_can_be_read() -> None:
    environment = Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.i18n"])
    templates = [
        path for path in tracked() if path.suffix in {".html", ".txt"} and "templates" in path.parts
    ]
    assert templates
    for path in templates:
        environment.parse(text_of(path) or "", filename=str(path))
