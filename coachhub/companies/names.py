"""The normaliser: from a company's name as people write it to the key that joins use.

The key is versioned: whoever stores keys stores `KEY_VERSION` beside them and computes
them anew when it changes. Three rules keep it precise: no stemming, a place in brackets
stays, and `.ai`, `.io` or `.com` are never dropped.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from coachhub.companies import legal_forms, words

KEY_VERSION = 1

_SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}
_ASCII = (
    _SPACED
    | {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    | {ord("'"): None, ord("`"): None, ord("&"): " and ", ord("+"): " and "}
)

_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "’": "", "‘": "", "ʼ": "", "´": "", "＆": "&",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "yi", "є": "ye",
    "ґ": "g", "ў": "u", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "d", "џ": "dz",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_FOLD = {ord(letter): plain for letter, plain in _LETTERS.items()}

# A note that says where the firm is registered or what kind of share it is: no part of the name.
_STATE = (
    r"the|new|adr|adrs|ads|fi|can|al|ak|az|ar|ca|co|ct|de|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|"
    r"mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|ok|or|pa|ri|sc|sd|tn|tx|ut|vt|va|wa|wv|wi|wy|dc|pr"
)
_NOTE = re.compile(
    rf"\s*(?:\((?:{_STATE}|reit|s\.c\.|delaware|nevada|maryland|new jersey)\)?"
    rf"|[/\\]\s?(?:{_STATE})\s?[/\\]?|\s[/\\]\s?[a-z ]{{2,15}}[/\\]?|[/\\])\s*$",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(?:[-,(]\s*)?\b(?:sponsored |unsponsored )?(?:american deposit[ao]ry\b.*"
    r"|(?:depositary|ordinary|common|preferred|registry|subordinate voting)\s+"
    r"(?:shares?|stock|units?|receipts?)\b.*"
    r"|(?:\d+(?:\.\d+)?% )?series [a-z]\b(?:\s*\))?.*|class [a-z]\b.*|ad[rs]s?\s*$)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"[\s,;([-]*\b(?:(?:was )?formerly(?: known as)?|previously(?: known as)?|prev\.|f/?k/?a\b|"
    r"f\.\s?k\.\s?a\.?|n/k/a|now known as|also known as|a/?k/?a\b|a\.k\.a\.?|d/?b/?a\b|d\.b\.a\.?|"
    r"doing business as|trading as|t/a|ex-)[\s:.]*(?P<other>[^)\]]+)[)\]]?",
    re.IGNORECASE,
)
_BEFORE_HINT = re.compile(
    r"former|previous|prev\.|\bf\.?/?k\.?/?a|now known|a\.?/?k\.?/?a\b|d\.?/?b\.?/?a\b|"
    r"doing business|trading as|\bt/a\b|\bex-",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_SHORT_HEAD = 4
_LONGEST_NO_COMPANY = 9


def fold(text: str) -> str:
    """Small plain letters: accents off, Cyrillic and Greek in Latin letters, other scripts kept."""
    lowered = text.casefold().translate(_FOLD)
    parted = unicodedata.normalize("NFKD", lowered)
    if parted.isascii():
        return parted
    return "".join(
        mark
        for mark in parted
        if not unicodedata.combining(mark) and unicodedata.category(mark) != "Cf"
    ).translate(_FOLD)


def split_words(text: str) -> list[str]:
    """The words of a name, folded; `&` and `+` are "and", single letters in a row are one word."""
    if text.isascii():
        found = text.translate(_ASCII).split()
    else:
        folded = fold(text)
        for form in legal_forms.CJK_FORMS:
            if form in folded:
                folded = folded.replace(form, " ")
        folded = folded.translate(_ASCII)
        if not folded.isascii():
            folded = "".join(mark if mark.isalnum() else " " for mark in folded)
        found = folded.split()
    for word in found:
        if len(word) == 1:
            return _join_letters(found)
    return found


def _join_letters(found: list[str]) -> list[str]:
    joined: list[str] = []
    run = ""
    for word in found:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            joined.append(run)
            run = ""
        joined.append(word)
    if run:
        joined.append(run)
    return joined


def without_notes(name: str) -> str:
    """The name without registry notes ("/DE/", "(The)"), share classes and former names."""
    if _BEFORE_HINT.search(name):
        name = _BEFORE.sub(" ", name).strip() or name
    shorter = _SHARE.sub("", name)
    if shorter.strip(" -,("):
        name = shorter
    while True:
        shorter = _NOTE.sub("", name)
        if shorter == name or not shorter.strip():
            return name
        name = shorter


_HINT_WORDS = legal_forms.SHARE_WORDS | {
    "formerly", "previously", "prev", "fka", "aka", "dba", "nka", "trading", "business", "known",
    "ex", "ta",
}  # fmt: skip


def bare_words(name: str) -> list[str]:
    """The words that name the company: no registry notes, no article, no legal form."""
    found = split_words(name)
    if "(" in name or "/" in name or "\\" in name or not _HINT_WORDS.isdisjoint(found):
        shorter = without_notes(name)
        if shorter != name:
            found = split_words(shorter) or found
    return _without_forms(found)


_FORM_AND_LETTER = 2
_SHARE_LETTERS = frozenset(["a", "b", "c", "de", "new", "common", "ny"])


def _without_forms(found: list[str]) -> list[str]:
    whole = found
    if len(found) > 1 and found[0] == "the":
        found = found[1:]
    half = len(found) // 2
    if half > 1 and found[:half] == found[half:]:
        found = found[:half]
    count = len(found)
    tails = legal_forms.TAIL_FORMS
    while count > _FORM_AND_LETTER and found[count - 1] in _SHARE_LETTERS:
        if found[count - 2] not in tails:
            break
        count -= 1
    while count > 1:
        taken = _tail(found, count)
        if not taken:
            break
        count -= taken
        if count > 1 and found[count - 1] == "and" and _is_long(found[: count - 1]):
            count -= 1
    found = found[:count]
    return _without_head(found) or whole


def _without_head(found: list[str]) -> list[str]:
    for form in legal_forms.HEAD_FORMS.get(found[0], ()) if found else ():
        if len(found) > len(form) and tuple(found[: len(form)]) == form:
            return found[len(form) :]
    return found


def _is_long(found: list[str]) -> bool:
    # "Deere & Co" is Deere; "M & Co" is not M.
    return len(found) > 1 or (len(found) == 1 and len(found[0]) > _SHORT_HEAD)


def _tail(found: list[str], count: int) -> int:
    """How many of the first `count` words are a legal form at their end."""
    last = found[count - 1]
    forms = legal_forms.TAIL_FORMS.get(last)
    if forms is None:
        return 0
    for form in forms:
        length = len(form)
        if length < count and tuple(found[count - length : count]) == form:
            # "The Flex Company" is not Flex: an everyday word needs the rest of its name.
            if (
                count == length + 1
                and last in {"company", "co"}
                and found[0] in words.common_words()
            ):
                return 0
            if count - length == 1 and found[0] == "and":
                return 0
            return length
    return 0


def _is_no_company(found: list[str]) -> bool:
    if not found:
        return True
    if len(found) > _LONGEST_NO_COMPANY:
        return False
    whole, starts = words.no_company()
    if " ".join(found) in whole:
        return True
    return any(tuple(found[: len(start)]) == start for start in starts.get(found[0], ()))


def is_company(name: str) -> bool:
    """Whether the text can name a company: no blank, "n/a", "self-employed", "student"."""
    return not _is_no_company(split_words(name))


def company_key(name: str) -> str:
    """The key of a name: equal keys join. Empty for a text that names no company."""
    found = split_words(name)
    if _is_no_company(found):
        return ""
    if "(" in name or "/" in name or "\\" in name or not _HINT_WORDS.isdisjoint(found):
        shorter = without_notes(name)
        if shorter != name:
            found = split_words(shorter) or found
    return "".join(_without_forms(found))


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart for comparing.

    `words` are bare words, `kinds` their kinds, `others` the keys of further names in the
    same text (what stands in brackets), `former` those it gives as former or second names,
    `place` the place in brackets.
    """

    text: str
    key: str
    words: tuple[str, ...]
    plain: tuple[str, ...]
    kinds: tuple[str, ...]
    weights: tuple[float, ...]
    others: frozenset[str]
    former: frozenset[str]
    place: str
    initials: frozenset[str]


_SMALL = frozenset(
    {"and", "of", "the", "de", "la", "for", "du", "des", "und", "et", "y", "e", "di"}
)
_SHORTEST_OTHER = 3


def _former(name: str, key: str) -> frozenset[str]:
    if not _BEFORE_HINT.search(name):
        return frozenset()
    found = {company_key(match["other"]) for match in _BEFORE.finditer(name)}
    return frozenset(other for other in found if len(other) >= _SHORTEST_OTHER and other != key)


def _others(name: str, key: str) -> frozenset[str]:
    found: set[str] = set()
    inners = [tuple(bare_words(inner)) for inner in _BRACKET.findall(name)]
    if inners and not any(_is_place(inner) for inner in inners):
        found.add(company_key(_BRACKET.sub(" ", name)))
        found.update("".join(inner) for inner in inners if not _is_note(inner))
    for divider in (" | ", " / ", " – ", " — "):
        if divider in name:
            found.update(company_key(part) for part in name.split(divider))
    return frozenset(other for other in found if len(other) >= _SHORTEST_OTHER and other != key)


def _place(name: str) -> str:
    for inner in _BRACKET.findall(name):
        parts = tuple(bare_words(inner))
        if _is_place(parts):
            return "".join(parts)
    return ""


def _is_place(bare: tuple[str, ...]) -> bool:
    return bool(bare) and all(sort == "place" for sort in words.kinds(bare))


def _is_note(bare: tuple[str, ...]) -> bool:
    if not bare or not _HINT_WORDS.isdisjoint(bare):
        return True
    return not any(sort in {"rare", "common"} for sort in words.kinds(bare))


def _initials(all_words: tuple[str, ...], bare: tuple[str, ...]) -> frozenset[str]:
    found = set()
    for parts in (all_words, bare):
        letters = "".join(part[0] for part in parts)
        small = "".join(part[0] for part in parts if part not in _SMALL)
        found |= {letters, small}
    return frozenset(text for text in found if len(text) > 1)


@lru_cache(maxsize=65536)
def parse(name: str) -> Name:
    """The name taken apart; the same object for the same text while it stays in the cache."""
    key = company_key(name)
    if not key:
        none: frozenset[str] = frozenset()
        return Name(name, "", (), (), (), (), none, none, "", none)
    mended = [words.repaired(word) for word in bare_words(name)]
    # Numbers become one word, so that `words` and `plain` stay in step.
    bare = tuple(words.with_numbers(_without_forms(mended)))
    return Name(
        text=name,
        key=key,
        words=bare,
        plain=tuple(words.SHORT_FORMS.get(word, word) for word in bare),
        kinds=words.kinds(bare),
        weights=tuple(words.rarity(word) for word in bare),
        others=_others(name, key),
        former=_former(name, key),
        place=_place(name) if "(" in name else "",
        initials=_initials(tuple(split_words(without_notes(name))), bare),
    )
