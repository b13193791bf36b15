"""Everything that is said is said in every language, and nothing is said that is not there."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask

import words as collecting
from coachhub.core.words import gettext, in_language
from contracts.tree import ROOT, tracked

# What `coachhub plugin new` begins a plugin with: its texts stand beside everybody's at once.
_SKELETON = ROOT / "coachhub/commands/skeleton/package/translations"
_SAID = re.compile(r"(?<![\w.])_\(\s*([^\s])")


@pytest.mark.parametrize("room", sorted(collecting.rooms()))
def test_every_text_of_a_room_is_there_in_every_language(room: str) -> None:
    assert list(collecting.faults(room, collecting.rooms()[room])) == []


def test_a_text_has_one_translation_wherever_it_stands() -> None:
    for language in collecting.LANGUAGES:
        said: dict[str, dict[str, list[str]]] = {}
        begun = _SKELETON / language / "LC_MESSAGES/messages.po.txt"
        catalogs = {room: collecting.held(room, language) for room in collecting.rooms()}
        catalogs["a new plugin"] = read_po(begun.read_text(encoding="utf-8").splitlines())
        for room, catalog in catalogs.items():
            for message in catalog:
                if isinstance(message.id, str) and message.id:
                    said.setdefault(message.id, {}).setdefault(str(message.string), []).append(room)
        assert {text: ways for text, ways in said.items() if len(ways) > 1} == {}, language


@pytest.mark.parametrize("language", sorted(collecting.LANGUAGES))
def test_what_is_translated_is_said(app: Flask, language: str) -> None:
    """The app finds the catalogues of all rooms and plugins, wherever in them their pages are."""
    unsaid: dict[str, list[str]] = {}
    seen = 0
    with app.app_context(), in_language(language):
        for room in collecting.rooms():
            for message in collecting.held(room, language):
                if isinstance(message.id, str) and message.id:
                    seen += 1
                    if gettext(message.id) != message.string:
                        unsaid.setdefault(room, []).append(message.id)
    assert seen > 1000
    assert unsaid == {}


def test_templates_say_only_texts_that_are_written_out() -> None:
    """What `_()` returns is not escaped: what somebody typed must never be its text."""
    loose = []
    for path in tracked():
        if path.suffix in {".html", ".txt"} and "templates" in path.parts:
            text = (ROOT / path).read_text(encoding="utf-8")
            loose += [str(path) for first in _SAID.findall(text) if first not in "\"'"]
    assert loose == []


@pytest.mark.parametrize(
    ("text", "said", "fault"),
    [
        ("Hello %(name)s", "Hola %(name)s", ""),
        ("Hello %(name)s", "Hola %(nombre)s", "fills in other things"),
        ("Hello %(name)s", "Hola", "fills in other things"),
        ('See <a href="%(url)s">it</a>', 'Ver <a href="%(url)s">esto</a>', ""),
        ('See <a href="%(url)s">it</a>', "Ver esto %(url)s", "has other tags"),
        ("Saved.", "", "is not translated"),
        ("Saved.", '"Guardado".', "has straight quotation marks"),
        (" or ", "o", "begins or ends with other spaces"),
        (("%(num)s door", "%(num)s doors"), ("%(num)s puerta", "%(num)s puertas"), ""),
        (("One door", "%(num)s doors"), ("Una puerta", "%(num)s puertas"), ""),
        (("%(num)s door", "%(num)s doors"), ("%(num)s puerta", ""), "is not translated"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_translation_is_seen(
    text: str | tuple[str, str], said: str | tuple[str, str], fault: str
) -> None:
    catalog = Catalog(locale="es")
    catalog.add(text, said)
    (message,) = [one for one in catalog if one.id]
    assert collecting.wrong(message) == fault
