"""Spanish and French: no English weight reads them; their own cues do."""

from __future__ import annotations

from pathlib import Path

import pytest

from coachhub.moderation.guarding.cues import WORDS, lexicon
from coachhub.moderation.guarding.details import details
from coachhub.moderation.guarding.learned import judge
from coachhub.moderation.guarding.plain import plain
from coachhub.moderation.guarding.tongue import tongue

HERE = Path(__file__).parent
GUARDS = ("confidential", "scam", "attack", "selling")
TEXTS = [
    (language, line[0] == "-", line[2:])
    for name, language in (("spanish", "es"), ("french", "fr"))
    for line in (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
]


def _said(typed: str) -> list[str]:
    return [guard for guard in GUARDS if judge(guard, typed).speaks]


@pytest.mark.parametrize("language", ["es", "fr"])
def test_ordinary_posts_in_another_language_pass_and_traps_are_seen(language: str) -> None:
    here = [(wanted, typed) for code, wanted, typed in TEXTS if code == language]
    assert sum(not wanted for wanted, _ in here) >= 40
    assert not {typed: _said(typed) for wanted, typed in here if not wanted and _said(typed)}
    assert not [typed for wanted, typed in here if wanted and not _said(typed)]


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("Thank you for the introduction, I've written to her.", "en"),
        ("No charge, no catch, me too.", "en"),
        ("Gracias por la presentación, ya le he escrito.", "es"),
        ("Merci pour la mise en relation, je lui ai écrit.", "fr"),
        ("J'ai l'impression d'avoir réussi.", "fr"),
        ("The café La Bodega de los Santos looks for a cook, ask for me at the bar.", "en"),
        ("Tokyo", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_text_shows_in_its_small_words(typed: str, language: str) -> None:
    assert tongue(plain(typed)) == language


@pytest.mark.parametrize(
    "typed",
    [
        "Para la entrevista, instala AnyDesk, así te ayudamos con el alta.",
        "El contrato llega desde recruitment.norte@gmail.com, no desde la web.",
        "Pour l'entretien, installez TeamViewer, on vous aide.",
        "Le contrat vient de hr.nord@outlook.com, pas de la page.",
    ],
)
def test_what_has_no_language_is_seen_in_each(typed: str) -> None:
    assert judge("scam", typed).speaks


def test_an_address_or_a_number_is_covered_in_each() -> None:
    for typed in (
        "Escríbeme a marta.gil@example.org cuando puedas.",
        "Mi teléfono es el +34 612 345 678, llama cuando quieras.",
        "Écris-moi à marthe.gilles@example.org quand tu peux.",
        "Mon numéro est le 06 12 34 56 78, appelle quand tu veux.",
    ):
        assert details(typed), typed


@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("guard", ["confidential", "scam"])
def test_the_guards_of_another_language_say_the_same_words(guard: str, language: str) -> None:
    known, english = lexicon(guard, language), lexicon(guard)
    assert (known.rule, known.why, known.instead) == (english.rule, english.why, english.instead)
    assert {one.weight > 0 for one in known.cues} == {True, False}
    assert (WORDS / language / "small_words.txt").exists()
