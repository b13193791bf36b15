"""Why two names may be one company, said in the reader's language.

The scorer knows no web and no languages: it writes its reason in English, from a handful of
sentences, and the reason is kept with the name. Here the sentence is known again by its shape.
"""

from __future__ import annotations

import re

from coachhub.core.words import gettext, gettext_noop

_TWIN = "; but another known company is as near"
# What the scorer writes, and how it is said; the first that fits the whole sentence counts.
_SENTENCES = tuple(
    (re.compile(shape, re.DOTALL), said)
    for shape, said in (
        (r"“(?P<name>.*)” names no company", gettext_noop("“%(name)s” names no company")),
        (r"this names no company", gettext_noop("This names no company")),
        (r"a name is missing", gettext_noop("A name is missing")),
        (
            r"both are known names of (?P<name>.+)",
            gettext_noop("Both are known names of %(name)s"),
        ),
        (r"both may stand for (?P<name>.+)", gettext_noop("Both may stand for %(name)s")),
        (
            r"two different companies that we know",
            gettext_noop("Two different companies that we know"),
        ),
        (r"same name", gettext_noop("Same name")),
        (r"same name, written differently", gettext_noop("Same name, written differently")),
        (
            r"one text gives the other's name as a second name",
            gettext_noop("One text gives the other's name as a second name"),
        ),
        (r"same words", gettext_noop("Same words")),
        (
            r"one is the initials of the other",
            gettext_noop("One is the initials of the other"),
        ),
        (
            r"same words, plus: (?P<more>.+); nearly the same: (?P<near>.+)",
            gettext_noop("Same words, plus: %(more)s; nearly the same: %(near)s"),
        ),
        (r"same words, plus: (?P<more>.+)", gettext_noop("Same words, plus: %(more)s")),
        (
            r"nearly the same words; nearly the same: (?P<near>.+)",
            gettext_noop("Nearly the same words; nearly the same: %(near)s"),
        ),
        (r"nearly the same words", gettext_noop("Nearly the same words")),
        (
            r"both have: (?P<both>.+); but (?P<one>.+) is not (?P<other>.+)",
            gettext_noop("Both have: %(both)s; but %(one)s is not %(other)s"),
        ),
        (r"the spelling is close", gettext_noop("The spelling is close")),
        (
            r"nothing in common that tells a company",
            gettext_noop("Nothing in common that tells a company"),
        ),
        (r"no known company is like it", gettext_noop("No known company is like it")),
        (
            r"more than one known company is written like this",
            gettext_noop("More than one known company is written like this"),
        ),
        (r"name in our catalogue", gettext_noop("Name in our catalogue")),
        (r"a known name of (?P<name>.+)", gettext_noop("A known name of %(name)s")),
    )
)


def said(reason: str) -> str:
    """Return a reason of the scorer as a person reads it; one of another shape as it is."""
    plain = reason.removesuffix(_TWIN)
    told = plain[:1].upper() + plain[1:]
    for shape, sentence in _SENTENCES:
        if found := shape.fullmatch(plain):
            told = gettext(sentence, **found.groupdict())
            break
    if plain == reason:
        return told
    return gettext("%(reason)s; but another known company is as near", reason=told)
