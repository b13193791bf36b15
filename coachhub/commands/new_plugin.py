"""A new plugin: a working package, its migration and its tests, from the skeleton beside this."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from pathlib import Path

from alembic.script import ScriptDirectory
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from coachhub.config import ConfigError
from coachhub.core import paths, schema

SKELETON = Path(__file__).with_name("skeleton")
NAME = re.compile(r"[a-z][a-z0-9_]{1,29}")
TAKEN = frozenset({"account", "board", "c", "console", "contacts", "introductions", "me", "static"})


def write_plugin(name: str, title: str, shelf: Path | None) -> list[Path]:
    """Write a plugin and return its files.

    Args:
        name: its short name, as in ``Plugin.name``.
        title: what people read.
        shelf: where the package goes; None is the checkout's shelf, with tests in the checkout.

    Raises:
        ConfigError: the name can't be one, or something stands there already.
    """
    if not NAME.fullmatch(name) or keyword.iskeyword(name) or name in TAKEN:
        raise ConfigError(
            f"{name!r} can't be a plugin's name: 2 to 30 small letters, digits and _, a letter"
            " first, and no page of CoachHub's own."
        )
    checkout = paths.CHECKOUT
    if shelf is None and not (checkout / "pyproject.toml").exists():
        raise ConfigError("This is no checkout of CoachHub: say with --into where it should go.")
    targets = {"package": (shelf or checkout / "plugins") / f"coachhub_{name}"}
    if shelf is None:
        targets["tests"] = checkout / "tests" / "plugins" / name
    for target in targets.values():
        if target.exists():
            raise ConfigError(f"{target} is there already.")
    words = {"PLATFORM_HEAD": _platform_head(), "TITLE": title, "NAME": name}
    made = [
        one for part, target in targets.items() for one in _filled(SKELETON / part, target, words)
    ]
    return [*made, *(_compiled(one) for one in made if one.suffix == ".po")]


def _compiled(said: Path) -> Path:
    """Make what is loaded of a translation, so that the plugin speaks from its first start on."""
    made = said.with_suffix(".mo")
    with said.open("rb") as source, made.open("wb") as target:
        write_mo(target, read_po(source, locale=said.parts[-3]))
    return made


def _filled(skeleton: Path, target: Path, words: dict[str, str]) -> Iterator[Path]:
    for source in sorted(skeleton.rglob("*.txt")):
        place = str(source.relative_to(skeleton).with_suffix("")).replace("NAME", words["NAME"])
        text = source.read_text(encoding="utf-8")
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        made = target / place
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(text, encoding="utf-8")
        yield made


def _platform_head() -> str:
    """Return the platform's newest revision: what the plugin's tables stand on."""
    head = ScriptDirectory.from_config(schema.config("", "", [])).get_current_head()
    if head is None:
        raise ConfigError("The platform has no migrations here.")
    return head
