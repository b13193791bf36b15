"""The gift rule: homemade, uncontroversial, of low value; never anything that is confidential."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coachhub.core.words import gettext, gettext_noop, money
from coachhub.moderation.queries.learned import learned_passage

WEIGHTS = Path(__file__).parent / "gift.weights"  # see `make guard-train`
_LEARNED = gettext_noop(
    "It may be dearer, or closer, than you mean; a gift here is small and made by you."
)
VALUE = "value"  # the sort of a breach that no weights take back
CURRENCIES = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF"}
_NUMBER = r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_MONEY = re.compile(
    rf"(?:[$€£]|\b(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?|francs?)\s?)\s?({_NUMBER})"
    rf"|\b({_NUMBER})\s?(?:[$€£]|(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?|francs?|bucks|quid)\b)",
    re.IGNORECASE,
)


_BEFORE = re.compile(
    r"\b(?:(?:no|not|never|without|instead of|rather than)(?: \w+)?"
    r"|(?:chocolate|marzipan|paper|pasta|cardboard|wooden|knitted|crocheted|felt|clay|origami|painted"
    r"|drawn|gingerbread|toy|plush|root|ginger|alcohol[- ]free|non[- ]alcoholic)(?: \w+)?) ?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:[- ](?:free|red|coloured|colored|shaped|flavoured|flavored|gums?|vinegar|sauce)\b|less\b"
    r"|(?: \w+){0,3} (?:made|cut|folded|knitted|drawn) (?:of|from|out of)"
    r" (?:pasta|paper|card|wool|dough))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Breach:
    """What a gift breaks: the passage, and why in one kind sentence."""

    sort: str
    passage: str
    why: str


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


# Read in this order; one breach of each sort at most.
_BREACHES = (
    (
        "money",
        _words(
            r"gift ?cards?",
            r"(?:gift |shopping |store |meal |restaurant )?vouchers?",
            r"coupons?",
            r"(?:in )?cash(?! ?flows?)",
            r"amazon credit|store credit",
            r"bitcoins?|crypto(?:currency)?",
            r"money(?! matters| markets?)",
            r"(?:steam|itunes|google play|prepaid|store) cards?",
            r"(?:half|a third|a quarter|a share|part|per ?cent|percent|%) of my (?:\w+ ){0,2}"
            r"(?:month'?s? )?(?:wages?|salary|pay|bonus)",
            r"my (?:first|next|whole) (?:\w+ )?(?:wages?|salary|pay ?cheque|pay ?check|bonus)",
            r"bank ?notes?|(?:coins|notes|bills) in an envelope",
            r"donations? (?:of|in your name)",
            r"(?:twenty|thirty|forty|fifty|sixty|eighty|ninety|hundred|thousand)(?: and \w+)?"
            r" (?:euros?|dollars?|francs?|pounds?|bucks|quid)",
        ),
        gettext_noop(
            "Money and vouchers turn a kindness into a payment, and the other has to pay back."
        ),
    ),
    (
        "controversial",
        _words(
            r"magnum|bordeaux|burgundy|rioja|chianti|aperitif|cocktails?|port wine",
            r"(?:bottles? of |case of |red |white |sparkling )?(?:wine|whisk(?:e)?y|gin|vodka|rum|"
            r"champagne|prosecco|beers?|liqueur|cognac|brandy|schnapps|spirits)",
            r"cigars?|cigarettes?|tobacco|vape",
            r"cannabis|weed|edibles|pain ?killers?|sleeping (?:pills?|tablets?)|antibiotics?",
            r"lottery (?:tickets?|lines?|numbers?)|scratch ?cards?|betting|casino",
            r"bibles?|qur'?an|rosar(?:y|ies)|prayer (?:book|beads?)|religious",
            r"(?:badge|sticker|flag|cap|leaflet)s? of (?:the|my|our) (?:\w+ )?"
            r"(?:party|movement|church)",
            r"(?:party|campaign|political|election) (?:badge|sticker|poster|leaflet|cap|shirt)s?",
            r"knives|knife|guns?|pepper spray",
        ),
        gettext_noop(
            "Not everybody drinks, smokes, bets, believes or votes alike, and you cannot know."
        ),
    ),
    (
        "personal",
        _words(
            r"perfumes?|cologne|aftershave",
            r"(?:bunch|bouquet) of (?!grapes|bananas|radishes|carrots)\w+|(?:a |fresh "
            r"|cut )?flowers(?! that)|roses",
            r"jewel(?:le)?ry|necklaces?|bracelets?|earrings?|rings? for",
            r"lingerie|underwear|nightwear",
            r"make-?up|lipstick|skin ?care|cosmetics",
            r"massage(?! chair)|spa (?:day|afternoon|weekend|evening|visit)|date night",
            r"(?:silk|cashmere) \w+|handbags?|lilies|orchids",
            r"erotic \w+|vibrators?|(?:a|one|the) night with (?:me|you)|stay the night",
        ),
        gettext_noop("It is a personal thing, and may be taken for more than you mean."),
    ),
    (
        "bought",
        _words(
            r"(?:box(?:es)? of |store-?bought |swiss |belgian )(?:chocolates?|pralines?"
            r"|candy|sweets)",
            r"designer \w+|luxury \w+|brand(?:ed)? new \w+",
            r"(?:fountain|silver|gold) pens?|briefcases?|crystal \w+|porcelain \w+",
            r"(?:renowned|famous|well-known|good|expensive) (?:make|brand|label)",
            r"(?:still|new) in (?:the|its) box",
            r"from (?:a|the) (?:good |posh |duty.free )?(?:shop|store|boutique)",
            r"box seats|tickets (?:to|for) (?:the|a)|dinner for (?:two|you)",
            r"weekend (?:in|at|for)|(?:two|three|\d) nights",
            r"(?:a )?(?:year|month) of the \w+ \w+, paid|paid by me",
            r"smart ?phones?|(?:smart|apple|swiss) ?watch(?:es)?",
            r"gold(?:en)? (?:chains?|rings?|coins?|watch(?:es)?|teeth)",
            r"wrist ?watch(?:es)?|i ?pads?|i ?phones?|air ?pods?|tablets?"
            r"|e-?readers?|head ?phones",
            r"(?:concert|match|theat(?:re|er)|opera|season|football|game|plane|train) tickets?",
            r"weekend (?:away|trip|break)|hotel (?:night|stay)|holiday home|flights?",
            r"(?:paid |annual |year'?s )?(?:subscription|membership)s?(?= (?:to|for))",
            r"(?:invite|treat|take) (?:you|them|somebody|someone|him|her) (?:out )?(?:to"
            r"|for) (?:a |an )?"
            r"(?:\w+ )?(?:dinner|restaurant|meal)",
        ),
        gettext_noop("It comes from a shop and looks dear, even when it was not."),
    ),
    (
        "animal",
        _words(
            r"(?:pupp(?:y|ies)|kittens?|goldfish|hamsters?|guinea pigs?|rabbits?|hens?|roosters?"
            r"|cockerels?|ducklings?|parrots?|budgies?|canar(?:y|ies)|tortoises?|lambs?|piglets?"
            r"|pon(?:y|ies)|gerbils?|geese|quails?|chickens?|snakes?|lizards?|bunn(?:y|ies))"
            r"(?![- ](?:shaped|soup|stew|pie|stock|broth|biscuits?|cookies?|sitting|walk|food))",
        ),
        gettext_noop("An animal is a duty for years; only somebody who asked for one can say yes."),
    ),
    (
        "decision",
        _words(
            r"if you (?:put|choose|take|hire|pick|shortlist|vote|invite|recommend) (?:for )?me",
            r"(?:hiring|selection|interview) (?:panel|committee|board)",
            r"before (?:you|they) (?:decide|vote|choose)|(?:until|before) (?:the|your) (?:vote"
            r"|decision|choice)",
        ),
        gettext_noop(
            "While somebody still decides about you, a gift looks like a price. Thank them after."
        ),
    ),
    (
        "confidential",
        _words(
            r"internal(?:[ -]only)? (?:\w+ )?(?:report|document|slides?|figures|numbers"
            r"|list|memo|table|handbook|data)s?",
            r"confidential|proprietary|under nda|not (?:yet )?public",
            r"(?:customer|client|price|salary) lists? (?:of|from) (?:my|our|the)",
            r"leaked?|insider (?:figures|numbers|information)",
        ),
        gettext_noop(
            "What belongs to an employer is not ours to give, however useful it would be."
        ),
    ),
)


def breaches(words: str, limit: float, currency: str = "EUR") -> list[Breach]:
    """Return what a gift breaks, one of each sort at most; empty if it is fine.

    What is in the lists has a sort of its own; what only the learned weights tell is ``learned``.
    A word of the lists is let pass where the weights hear that nothing is given, as in "nobody give
    me wine"; a sum above the limit never is.

    Args:
        words: how the gift is described.
        limit: the highest value, in the firm's currency; other currencies count one to one.
        currency: a key of `CURRENCIES`, for the sentence.
    """
    found = listed(words, limit, currency)
    if any(one.sort == VALUE for one in found):
        return found
    passage = learned_passage(WEIGHTS, words, features(found))
    if found:
        return [] if passage == "" else found
    return [Breach("learned", passage, gettext(_LEARNED))] if passage else []


def features(found: Iterable[Breach]) -> list[str]:
    """Return what the lists say, as the learned weights read it."""
    return [f"k{one.sort}" for one in found]


def listed(words: str, limit: float, currency: str = "EUR") -> list[Breach]:
    """Return what the lists know of, one of each sort at most.

    Args:
        words: how the gift is described.
        limit: the highest value, in the firm's currency; other currencies count one to one.
        currency: a key of `CURRENCIES`, for the sentence.
    """
    found = []
    dear = max(_amounts(words), default=None, key=lambda one: one[0])
    if dear is not None and dear[0] > limit:
        found.append(
            Breach(
                VALUE,
                dear[1],
                gettext(
                    "It is worth more than %(limit)s: a dear gift asks for one back.",
                    limit=money(limit, currency),
                ),
            )
        )
    for sort, pattern, why in _BREACHES:
        match = pattern.search(words)
        if match is not None and not _refused(words, match.start(), match.end()):
            found.append(Breach(sort, match.group().strip(), gettext(why)))
    return found


def _amounts(words: str) -> list[tuple[float, str]]:
    found = []
    for match in _MONEY.finditer(words):
        written = match.group(1) or match.group(2)
        found.append((_value(written), match.group().strip()))
    return found


def _value(written: str) -> float:
    """Read a number with thousands and decimals marked either way."""
    bare = written.replace("'", "").replace(" ", "")
    last = max(bare.rfind(","), bare.rfind("."))
    decimals = len(bare) - last - 1
    if last >= 0 and decimals in {1, 2}:
        whole = re.sub(r"[.,]", "", bare[:last])
        return float(f"{whole}.{bare[last + 1 :]}")
    return float(re.sub(r"[.,]", "", bare))


def _refused(words: str, at: int, to: int) -> bool:
    """Say whether the words around a passage take it back: "no wine", "wine-red", "paper roses"."""
    return bool(_BEFORE.search(words[max(0, at - 24) : at]) or _AFTER.match(words[to:]))
