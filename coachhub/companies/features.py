"""What two names have in common, as numbers that a person could check.

Every feature has a direction: more of it makes "same company" only likelier (+1), only
less likely (-1), or depends on the rest (0). The scorer is trained under that constraint.
"""

from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from coachhub.companies import legal_forms
from coachhub.companies.names import Name, split_words
from coachhub.companies.words import BANKS, LOOSE_FORMS, SHORT_FORMS, common_words, kind

FEATURES: dict[str, int] = {
    "same_key": 1,
    "same_other": 1,  # a bracketed name of one is the other
    "glued": 1,  # one joined name is the other and a legal or weak word
    "sounds": 1,  # written differently, sounds the same
    "near_known": 1,  # the catalogue knows one, the other is a slip away from it
    "form_conflict": -1,  # a partnership and a corporation
    "bracket_place": -1,  # only one names a place in brackets
    "same_sorted": 1,
    "known": 1,  # the catalogue: -2 two different companies … 3 the same one
    "likeness": 1,  # Jaro-Winkler of the joined names
    "edits": -1,  # edit steps between the joined names, 9 at most
    "edit_share": -1,  # the same by the length of the shorter name
    "shortest": 0,  # letters in the shorter joined name
    "overlap": 1,  # rarity-weighted share of words in common
    "covered": 1,  # the same, of the side that is covered better
    "left_max": -1,  # rarity of the rarest word left over
    "left_max_lighter": -1,  # the same on the side with less left over
    "left_rare": -1,
    "left_field": -1,
    "left_weak": 0,
    "left_place": 0,
    "left_common": -1,
    "left_number": -1,
    "left_domain": 0,  # a left-over word is a web ending: ai, io, com
    "head": 1,  # how well the first words agree
    "head_rarity": 0,  # rarity of the shared first word
    "head_common": 0,  # the shared first word is an everyday word
    "shared_count": 1,
    "shared_max": 1,  # rarity of the rarest shared word
    "shared_sum": 1,
    "soft": 0,  # words that agree only nearly (short forms, slips)
    "initials": 1,  # letters matched as initials
    "prefix": 1,  # share of the longer joined name that the shorter one begins
    "tail": 1,  # the last words agree
    "fewest_words": 0,
    "most_words": 0,
    "two_places": -1,  # each side has a place that the other lacks
    "first_letter": 1,
}
DIRECTIONS = tuple(FEATURES.values())
WEB_ENDINGS = frozenset({"ai", "io", "com", "app", "hq", "co", "net", "org", "dev", "tech", "xyz"})
_MOST_EDITS = 9
_WORDS_OF_INITIALS = 2  # "BAE", "BAE Systems"
_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("sch", "sh"), ("qu", "kw"), ("x", "ks"), ("c", "k"), ("z", "s"),
    ("y", "i"), ("w", "v"), ("tz", "ts"),
)  # fmt: skip
_GLUED = legal_forms.TAIL_FORMS.keys() | SHORT_FORMS.keys() | LOOSE_FORMS.keys()
_PARTNERSHIPS = frozenset(["lp", "lllp", "partnership"])
_CORPORATIONS = frozenset(["inc", "corp", "corporation", "plc", "ag", "sa", "nv", "incorporated"])
_SLIP_FROM = 5
_TWO_SLIPS_FROM = 8
_SHORT_FORM_FROM = 3


def _nearly(one: str, two: str) -> float:  # noqa: PLR0911 -- one kind of nearness a line
    """How sure two words are the same word written differently: 0, or 0.5 to 0.9."""
    shorter, longer = (one, two) if len(one) <= len(two) else (two, one)
    if longer in (shorter + "s", shorter + "es"):
        return 0.9
    if LOOSE_FORMS.get(one, one) == LOOSE_FORMS.get(two, two):
        return 0.9
    if one in BANKS and two in BANKS:
        return 0.7
    if (
        len(shorter) >= _SHORT_FORM_FROM
        and longer.startswith(shorter)
        and len(shorter) < len(longer)
    ):
        return 0.6
    if one[0] == two[0] and len(shorter) >= _SLIP_FROM:
        allowed = 1 if len(shorter) < _TWO_SLIPS_FROM else 2
        steps = OSA.distance(one, two, score_cutoff=allowed)
        if steps <= allowed:
            return 0.8 if steps == 1 else 0.65
    if len(shorter) >= _SHORT_FORM_FROM and one[0] == two[0] and one[-1] == two[-1]:
        letters = iter(longer)
        if len(longer) - len(shorter) <= len(shorter) and all(mark in letters for mark in shorter):
            return 0.5
    return 0.0


def align(a: Name, b: Name) -> tuple[list[tuple[int, int, float]], list[int], list[int]]:
    """Pairs of words that agree (with how well, up to 1) and what is left over on each side."""
    pairs: list[tuple[int, int, float]] = []
    free_b = list(range(len(b.plain)))
    left_a: list[int] = []
    for i, word in enumerate(a.plain):
        for j in free_b:
            if b.plain[j] == word:
                pairs.append((i, j, 1.0))
                free_b.remove(j)
                break
        else:
            left_a.append(i)
    for i in tuple(left_a):
        best, where = 0.0, -1
        for j in free_b:
            quality = _nearly(a.words[i], b.words[j])
            if quality > best:
                best, where = quality, j
        if where >= 0:
            pairs.append((i, where, best))
            left_a.remove(i)
            free_b.remove(where)
    small = {"and", "of", "the"}
    return (
        pairs,
        [i for i in left_a if a.words[i] not in small],
        [j for j in free_b if b.words[j] not in small],
    )


@lru_cache(maxsize=65536)
def sound(key: str) -> str:
    """A rough spelling by sound: doubled letters once, c and k, y and i alike."""
    for written, heard in _SOUNDS:
        key = key.replace(written, heard)
    return "".join(mark for at, mark in enumerate(key) if at == 0 or key[at - 1] != mark)


def _glued(a: str, b: str) -> bool:
    shorter, longer = (a, b) if len(a) < len(b) else (b, a)
    rest = longer[len(shorter) :]
    return (
        len(shorter) >= _SHORT_FORM_FROM
        and longer.startswith(shorter)
        and rest != ""
        and (rest in _GLUED or kind(rest) == "weak")
    )


def _form_conflict(a: str, b: str) -> bool:
    """Whether one is written as a partnership and the other as a corporation."""
    (partner_a, corporation_a), (partner_b, corporation_b) = _form(a), _form(b)
    return (partner_a and corporation_b) or (partner_b and corporation_a)


@lru_cache(maxsize=65536)
def _form(text: str) -> tuple[bool, bool]:
    """Whether a name ends as a partnership's does, and as a corporation's does."""
    ends = frozenset(split_words(text)[-2:])
    return not ends.isdisjoint(_PARTNERSHIPS), not ends.isdisjoint(_CORPORATIONS)


def _initials(a: Name, b: Name) -> int:
    """Letters of one name that are the initials of the other, 0 if they are not."""
    best = 0
    for one, two in ((a, b), (b, a)):
        if (
            len(two.words) > 1
            and one.words
            and one.words[0] in two.initials
            and len(one.words) <= _WORDS_OF_INITIALS
        ):
            rest = [k for k in one.kinds[1:] if k not in {"weak", "place"}]
            if not rest:
                best = max(best, len(one.words[0]))
        elif len(two.words) > 1 and one.key in two.initials:
            best = max(best, len(one.key))
    return best


def features(a: Name, b: Name, known: float = 0.0, near_known: float = 0.0) -> list[float]:
    """The features of a pair, in the order of `FEATURES`.

    `known` is the catalogue's word on the pair, `near_known` whether it knows one name and
    the other is a slip away from it.
    """
    joined_a, joined_b = "".join(a.plain), "".join(b.plain)
    if joined_a == joined_b and a.plain != b.plain:
        # "Math Works", "Mathworks": the same letters are the same words.
        b = a
    pairs, left_a, left_b = align(a, b)
    shared = sum((a.weights[i] + b.weights[j]) / 2 * quality for i, j, quality in pairs)
    rest_a = sum(a.weights[i] for i in left_a)
    rest_b = sum(b.weights[j] for j in left_b)
    softness = sum(
        (a.weights[i] + b.weights[j]) / 2 * (1 - quality) for i, j, quality in pairs if quality < 1
    )
    max_a = max((a.weights[i] for i in left_a), default=0.0)
    max_b = max((b.weights[j] for j in left_b), default=0.0)
    left_kinds = [a.kinds[i] for i in left_a] + [b.kinds[j] for j in left_b]
    left_words = [a.words[i] for i in left_a] + [b.words[j] for j in left_b]
    shortest = min(len(a.key), len(b.key))
    longest = max(len(a.key), len(b.key), 1)
    edits = min(OSA.distance(a.key, b.key), OSA.distance(joined_a, joined_b), _MOST_EDITS)
    head = next((quality for i, j, quality in pairs if i == 0 and j == 0), 0.0)
    last = next((q for i, j, q in pairs if i == len(a.words) - 1 and j == len(b.words) - 1), 0.0)
    begins = a.key.startswith(b.key) or b.key.startswith(a.key)
    places_a = {a.words[i] for i in left_a if a.kinds[i] == "place"}
    places_b = {b.words[j] for j in left_b if b.kinds[j] == "place"}
    others = a.others | b.others
    same_other = bool(others) and (
        a.key in b.others or b.key in a.others or not a.others.isdisjoint(b.others)
    )
    total = shared + softness + rest_a + rest_b
    return [
        float(a.key == b.key or joined_a == joined_b),
        float(same_other),
        float(_glued(a.key, b.key)),
        float(a.key != b.key and sound(a.key) == sound(b.key)),
        near_known,
        float(_form_conflict(a.text, b.text)),
        float(bool(a.place) != bool(b.place)),
        float(sorted(a.plain) == sorted(b.plain)),
        known,
        JaroWinkler.similarity(a.key, b.key),
        edits,
        edits / max(shortest, 1),
        shortest,
        shared / total if total else 0.0,
        shared / max(shared + softness + min(rest_a, rest_b), 0.1),
        max(max_a, max_b),
        min(max_a, max_b),
        left_kinds.count("rare"),
        left_kinds.count("field"),
        left_kinds.count("weak"),
        left_kinds.count("place"),
        left_kinds.count("common"),
        left_kinds.count("number"),
        float(any(word in WEB_ENDINGS for word in left_words)),
        head,
        a.weights[0] if head else 0.0,
        float(head > 0 and a.words[0] in common_words()),
        len(pairs),
        max(((a.weights[i] + b.weights[j]) / 2 * q for i, j, q in pairs), default=0.0),
        shared,
        softness,
        _initials(a, b),
        shortest / longest if begins else 0.0,
        last,
        min(len(a.words), len(b.words)),
        max(len(a.words), len(b.words)),
        float(bool(places_a) and bool(places_b)),
        float(a.key[:1] == b.key[:1]),
    ]
