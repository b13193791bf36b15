"""Collects the texts of pages and letters, and makes their translations ready to be used.

    python tools/words.py collect [ROOM...]    write new texts into the rooms' messages.po
    python tools/words.py missing [ROOM...]    list what is not translated yet, and what is wrong
    python tools/words.py compile              make messages.mo of every messages.po

A room is a folder under ``coachhub/`` or ``templates/``, or a plugin's. Each has
``translations/<room>/<language>/LC_MESSAGES/messages.po``; a plugin ``translations/`` of its own.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("es", "fr")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "lazy_gettext", "gettext_noop")),
    **dict.fromkeys(("ngettext",), (1, 2)),
}
TEMPLATE = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true", "silent": "false"}
# Where the texts of a folder are said in other languages, if not in a room of the same name.
SHARED = {"components": "layouts", "errors": "layouts"}
_FILLED = re.compile(r"%\(\w+\)[sd]|%%")
_TAGS = re.compile(r"</?\w+[^>]*>")


def rooms() -> dict[str, list[Path]]:
    """Return the folders whose texts belong together, by name; plugins by their package's."""
    found: dict[str, list[Path]] = {"core": []}
    for folder in [*(ROOT / "coachhub").iterdir(), *(ROOT / "templates").iterdir()]:
        if folder.is_dir() and folder.name not in {"static", "__pycache__"}:
            found.setdefault(SHARED.get(folder.name, folder.name), []).append(folder)
    found["core"] += sorted((ROOT / "coachhub").glob("*.py"))
    for folder in (ROOT / "plugins").glob("coachhub_*"):
        found[folder.name] = [folder]
    return dict(sorted(found.items()))


def place(room: str, language: str) -> Path:
    """Return where a room's texts are said in a language."""
    plugin = ROOT / "plugins" / room
    base = plugin / "translations" if plugin.is_dir() else ROOT / "translations" / room
    return base / language / "LC_MESSAGES" / "messages.po"


def collected(folders: list[Path]) -> Catalog:
    """Return the texts in some folders, each once, in the order of the files."""
    catalog = Catalog(charset="utf-8")
    for path in _files(folders):
        way = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        with path.open("rb") as file:
            found = list(extract(way, file, KEYWORDS, options=dict(TEMPLATE)))
        for _line, text, _comments, _context in found:
            catalog.add(text, flags=["python-format"] if "%(" in str(text) else [])
    return catalog


def held(room: str, language: str) -> Catalog:
    """Return what a room says in a language."""
    path = place(room, language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def collect(room: str, folders: list[Path]) -> None:
    """Write a room's new texts into its translations, and take out those that are gone."""
    texts = collected(folders)
    if not len(texts):
        return
    for language in LANGUAGES:
        known, new = held(room, language), Catalog(locale=language, charset="utf-8")
        for message in texts:
            if message.id:
                old = known.get(message.id)
                # A text that has got a plural since is a new one.
                same = old is not None and type(old.id) is type(message.id)
                new.add(message.id, old.string if same else None, flags=message.flags)
        path = place(room, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, new, omit_header=True, no_location=True, width=100)


def faults(room: str, folders: list[Path]) -> Iterator[str]:
    """Say what is missing or wrong in a room's translations."""
    texts = collected(folders)
    for language in LANGUAGES:
        known = held(room, language)
        said = {_key(one): one for one in known if one.id}
        for message in texts:
            if not message.id:
                continue
            one = said.pop(_key(message), None)
            problem = "is not collected" if one is None else wrong(one)
            if problem:
                yield f"{room}/{language}: {problem}: {message.id!r}"
        for gone in said.values():
            yield f"{room}/{language}: is said nowhere any more: {gone.id!r}"


def compile_all() -> None:
    """Make what is loaded of every translation that is newer."""
    for room in rooms():
        for language in LANGUAGES:
            source = place(room, language)
            made = source.with_suffix(".mo")
            if not source.exists() or _is_fresh(made, source):
                continue
            with made.open("wb") as file:
                write_mo(file, held(room, language))


def _is_fresh(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= source.stat().st_mtime


def _files(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        inside = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        for path in inside:
            template = "templates" in path.parts and path.suffix in {".html", ".txt"}
            # A new plugin takes its own translations along.
            if (template or path.suffix == ".py") and "skeleton" not in path.parts:
                yield path


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def wrong(message: Message) -> str:
    """Say what is wrong with a translation, in a few words; nothing if it is right."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    said = message.string if isinstance(message.string, tuple | list) else [message.string]
    if message.fuzzy or not all(said):
        return "is not translated"
    for one in said:
        if sorted(_TAGS.findall(one)) != sorted(_TAGS.findall(ids[-1])):
            return "has other tags"
        filled, wanted = set(_FILLED.findall(one)), set(_FILLED.findall(" ".join(ids)))
        if not filled <= wanted or not set(_FILLED.findall(ids[0])) - {"%(num)s"} <= filled:
            return "fills in other things"
        if one.count('"') != ids[-1].count('"') and not _TAGS.search(one):
            return "has straight quotation marks"
        if (
            one[:1].isspace() != ids[-1][:1].isspace()
            or one[-1:].isspace() != ids[-1][-1:].isspace()
        ):
            return "begins or ends with other spaces"
    return ""


def _ends(said: str) -> tuple[bool, bool]:
    return said[:1].isspace(), said[-1:].isspace()


def main() -> None:
    """Do what was asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("collect", "missing", "compile"))
    parser.add_argument("room", nargs="*")
    asked = parser.parse_args()
    if asked.what == "compile":
        compile_all()
        return
    wrong = 0
    for room, folders in rooms().items():
        if asked.room and room not in asked.room:
            continue
        if asked.what == "collect":
            collect(room, folders)
            continue
        for fault in faults(room, folders):
            wrong += 1
            sys.stdout.write(fault + "\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
