"""Names that nobody bears, for the benches."""

from collections.abc import Iterator
from itertools import product

from coachhub.companies.words import common_words

SEED = 11
_TAILS = ("", " Inc.", " Ltd", " GmbH", " S.A.", " Group", " Technologies", " Holdings, Inc.")
_SYLLABLES = ("bra", "ken", "dol", "mir", "tas", "vel", "qui", "zor", "lin", "hup", "osk", "ren")


def made_up() -> Iterator[str]:
    """Names of everyday and of invented words, nearly three million of them."""
    everyday = sorted(common_words())
    invented = ("".join(parts).title() for parts in product(_SYLLABLES, repeat=6))
    for at, word in enumerate(invented):
        yield f"{word} {everyday[at % len(everyday)].title()}{_TAILS[at % len(_TAILS)]}"
