"""Names that nobody bears, for the benches."""

from collections.abc import Iterator

from coachhub.companies.words import common_words

SEED = 11
_LONG = 6
_TAILS = ("", " Inc.", " Ltd", " GmbH", " S.A.", " Group", " Technologies", " Holdings, Inc.")
_SYLLABLES = ("bra", "ken", "dol", "mir", "tas", "vel", "qui", "zor", "lin", "hup", "osk", "ren")


def made_up() -> Iterator[str]:
    """Names of everyday and of invented words, nearly three million of them."""
    everyday = sorted(common_words())
    number = len(_SYLLABLES) ** _LONG
    for at in range(number):
        # A step without a common factor visits every word once, neighbours being unlike.
        left, parts = at * 1_000_003 % number, []
        for _ in range(_LONG):
            left, which = divmod(left, len(_SYLLABLES))
            parts.append(_SYLLABLES[which])
        word = "".join(parts).title()
        yield f"{word} {everyday[at % len(everyday)].title()}{_TAILS[at % len(_TAILS)]}"
