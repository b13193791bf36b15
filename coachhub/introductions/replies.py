"""What somebody means who answers one of our mails in a few words of their own.

A consent is a consent only if there is no doubt: an answer is understood when it begins with one
of the words below and nothing after it speaks against it. Everything else is not understood, and
whoever wrote it is told how to answer. English, Spanish, French and German.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from coachhub.introductions.reply_days import day_in
from coachhub.mail.replies import own_lines

Meaning = Literal["yes", "not_now", "no", "done", "more_time"]

_PHRASES: dict[Meaning, tuple[str, ...]] = {
    "yes": (
        "yes", "yep", "yeah", "sure", "ok", "okay", "of course", "gladly", "happy to", "i am in",
        "im in", "count me in", "with pleasure", "no problem", "no worries", "absolutely",
        "i would love to", "id love to", "i agree", "agreed",
        "ja", "gerne", "gern", "klar", "na klar", "naturlich", "einverstanden", "kein problem",
        "sehr gerne", "sehr gern", "mache ich", "mach ich", "ich bin dabei",
        "si", "claro", "claro que si", "por supuesto", "con gusto", "con mucho gusto",
        "de acuerdo", "vale", "encantado", "encantada", "sin problema", "no hay problema",
        "oui", "d accord", "bien sur", "volontiers", "avec plaisir", "entendu",
        "pas de probleme", "je veux bien", "je suis d accord",
    ),
    "not_now": (
        "not now", "not right now", "not just now", "not yet", "not at the moment", "later",
        "maybe later", "ask me later", "ask me again", "another time", "some other time",
        "nicht jetzt", "jetzt nicht", "noch nicht", "im moment nicht", "momentan nicht",
        "gerade nicht", "spater", "vielleicht spater", "ein andermal",
        "ahora no", "todavia no", "aun no", "mas tarde", "mas adelante", "por ahora no",
        "de momento no", "en otro momento", "luego",
        "pas maintenant", "pas encore", "pas pour le moment", "pas pour l instant", "plus tard",
        "peut etre plus tard", "une autre fois",
    ),
    "no": (
        "no", "nope", "no thanks", "no thank you", "rather not", "i would rather not",
        "id rather not", "sorry no", "i am afraid not", "im afraid not", "i can not", "i cannot",
        "i cant", "better not", "please do not", "please dont",
        "nein", "nein danke", "lieber nicht", "leider nicht", "leider nein", "nee", "besser nicht",
        "no gracias", "lo siento no", "mejor no", "prefiero que no", "no puedo",
        "non", "non merci", "plutot pas", "desole non", "desolee non", "je prefere pas",
        "je ne peux pas", "je prefere que non",
    ),
    "done": (
        "done", "all done", "it is done", "its done", "i did it", "finished", "kept",
        "i kept it", "promise kept", "i have done it", "ive done it",
        "erledigt", "ist erledigt", "gemacht", "fertig", "getan", "habe ich gemacht",
        "hecho", "esta hecho", "ya esta", "ya esta hecho", "listo", "lista", "cumplido",
        "fait", "c est fait", "termine", "j ai fini", "promesse tenue",
    ),
    "more_time": (
        "more time", "i need more time", "need more time", "a bit more time",
        "i need a bit more time", "i need longer", "i need until", "i need some more time",
        "give me more time",
        "mehr zeit", "ich brauche mehr zeit", "brauche mehr zeit", "ich brauche noch",
        "ich brauche langer", "brauche noch zeit", "ich brauche noch zeit",
        "mas tiempo", "necesito mas tiempo", "un poco mas de tiempo",
        "plus de temps", "j ai besoin de plus de temps", "il me faut plus de temps",
        "un peu plus de temps",
    ),
}  # fmt: skip
# These begin other sentences, too (“no idea”, “si tu veux”): understood only as a clause by itself.
_ALONE = frozenset(
    {
        "no", "non", "nope", "sure", "ok", "okay", "si", "claro", "vale", "klar", "agreed", "kept",
        "done", "finished", "fait", "termine", "hecho", "listo", "lista", "gemacht", "fertig",
        "getan", "absolutely",
    }
)  # fmt: skip
# A yes or a no with one of these after it could mean something else.
_MAYBE = (
    r"but|although|unless|if|maybe|perhaps|unsure|however|except|later|instead|wait|another"
    r"|aber|jedoch|wenn|falls|vielleicht|sondern|spater|doch"
    r"|pero|aunque|tal vez|quiza\w*|salvo|mas tarde|luego|mais|sauf|peut etre|plus tard"
)
_AGAINST_YES = re.compile(
    rf"\b({_MAYBE}|not|dont|cant|wont|didnt|havent|no|never|nicht|kein\w*|nein|nie|nunca|si|pas"
    r"|jamais|non)\b"
)
_AGAINST_NO = re.compile(rf"\b({_MAYBE}|yes|ja|si|oui)\b")
_GREETING = re.compile(
    r"^((hi|hello|hey|dear|good (morning|day|evening|afternoon)|hallo|liebe[rs]?(?! nicht)"
    r"|guten (tag|morgen|abend)|moin|servus|gruss gott|hola|buen[oa]s( dias| tardes| noches)?"
    r"|estimad[oa]s?|bonjour|bonsoir|salut|cher|chere)\b[^\n]{0,40})$"
)
_COURTESY = re.compile(
    r"\b(no problem|no worries|kein problem|sin problema|no hay problema|pas de probleme|not at all"
    r"|thanks?( you)?( so much| very much)?|best( regards| wishes)?|kind regards|regards|cheers"
    r"|vielen dank|danke( schon)?|(viele|beste|liebe|herzliche) grusse|mit freundlichen grussen|lg"
    r"|mfg|(muchas )?gracias|(un )?saludos?|merci( beaucoup)?|cordialement|bien a vous|por favor"
    r"|s il vous plait|bitte|please)\b"
)
_SORRY = re.compile(
    r"^\s*(so sorry|i'?m sorry|sorry|tut mir leid|leider|lo siento|d[ée]sol[ée]e?)\s*[,.:;!-]\s*",
    re.IGNORECASE,
)
_AND_NO_MORE = re.compile(
    r"^(stop|unsubscribe|never( again)?|remove me|leave me alone|do not write( to me)?( again)?"
    r"|nie wieder|abmelden|nunca( mas)?|jamais|plus jamais|desinscrire)\b"
)


@dataclass(frozen=True)
class Reply:
    """What a reply means.

    Attributes:
        meaning: the answer; None if it was not understood.
        day: the day named with it, if there is one.
        words: what was written beside the answer, as it was written, for a promise.
        text: all of the writer's own words.
        never: whether the writer asks never to be written to again.
    """

    meaning: Meaning | None
    day: dt.date | None = None
    words: str = ""
    text: str = ""
    never: bool = False


def read_reply(text: str, today: dt.date) -> Reply:
    """Read the writer's own lines of a reply; `today` is what “in two weeks” counts from."""
    own = own_lines(text)
    lines = [line.strip() for line in own.splitlines() if line.strip()]
    if lines and _GREETING.match(_plain(lines[0])):
        lines = lines[1:]
    if not lines:
        return Reply(None, text=own)
    lines[0] = _SORRY.sub("", lines[0]) or lines[0]
    clause, rest = _parts(lines)
    if _AND_NO_MORE.match(_plain(clause)):
        return Reply("no", text=own, never=True)
    found = _begins_with(_plain(clause))
    if found is None:
        return Reply(None, text=own)
    meaning, phrase = found
    beside = _COURTESY.sub(" ", _plain(clause)[len(phrase) :])
    accented = clause.casefold().startswith("sí")
    if phrase in _ALONE and beside.strip() and not accented:
        return Reply(None, text=own)
    after = f"{beside} {_COURTESY.sub(' ', _plain(rest))}"
    against = {"yes": _AGAINST_YES, "done": _AGAINST_YES, "no": _AGAINST_NO}.get(meaning)
    if against is not None and (against.search(after) or "?" in own):
        return Reply(None, text=own)
    day = day_in(own, today) if meaning in {"not_now", "more_time"} else None
    return Reply(meaning, day, _words(_first_lines(own, lines[0]), phrase), own)


def _parts(lines: list[str]) -> tuple[str, str]:
    """Return the first clause, and the rest."""
    first = re.match(r"([^.!?;,:\u2013\u2014]|(?<=\d)[.,:])+", lines[0])
    head = first.group() if first else lines[0]
    return head, " ".join([lines[0][len(head) :], *lines[1:]]).strip(" .!?;,:-\u2013\u2014")


def _begins_with(plain: str) -> tuple[Meaning, str] | None:
    """Return the longest phrase that a clause begins with, and what it means."""
    best: tuple[Meaning, str] | None = None
    for meaning, phrases in _PHRASES.items():
        for phrase in phrases:
            whole = plain == phrase or plain.startswith(f"{phrase} ")
            if whole and (best is None or len(phrase) > len(best[1])):
                best = (meaning, phrase)
    return best


def _first_lines(own: str, first: str) -> str:
    """Return the lines from the first on, up to an empty one or a farewell."""
    kept = [first]
    lines = [line.strip() for line in own.splitlines()]
    at = next(number for number, line in enumerate(lines) if line.endswith(first))
    for line in lines[at + 1 :]:
        if not _COURTESY.sub("", _plain(line)).strip():
            break
        kept.append(line)
    return " ".join(kept)


def _words(text: str, phrase: str) -> str:
    """Return what stands beside the answer, in the writer's own letters."""
    written = text.split()
    count = len(phrase.split())
    while written and count > 0:
        count -= len(_plain(written.pop(0)).split())
    beside = " ".join(written).strip(" ,.!?;:-\u2013\u2014")
    return beside if _COURTESY.sub("", _plain(beside)).strip() else ""


def _plain(text: str) -> str:
    """Return a text in small letters, without accents, marks and doubled spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    # English contractions hold together (“don't”), French ones come apart (“c'est”).
    bare = re.sub(r"(?<=[a-z]{2})'(?=[a-z])|(?<=\bi)'(?=[mdv])", "", bare)
    return " ".join(re.sub(r"[^\w]+", " ", bare).split())
