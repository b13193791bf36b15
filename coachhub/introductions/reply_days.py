"""Days as people write them in a mail: a date, a month, “in two weeks”; in four languages."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

_MONTHS = (
    "january januar enero janvier jan",
    "february februar febrero fevrier feb",
    "march marz marzo mars mar",
    "april abril avril apr",
    "may mai mayo",
    "june juni junio juin jun",
    "july juli julio juillet jul",
    "august agosto aout aug",
    "september septiembre septembre sep sept",
    "october oktober octubre octobre oct okt",
    "november noviembre novembre nov",
    "december dezember diciembre decembre dec dez",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NUMBERS = (
    "a an one ein eine einem einer un una une",
    "two zwei dos deux couple",
    "three drei tres trois",
    "four vier cuatro quatre",
    "five funf cinco cinq",
    "six sechs seis",
    "seven sieben siete sept",
    "eight acht ocho huit",
    "nine neun nueve neuf",
    "ten zehn diez dix",
)
_NUMBER = {word: number for number, words in enumerate(_NUMBERS, 1) for word in words.split()}
_UNITS = {
    1: "day days tag tage tagen dia dias jour jours",
    7: "week weeks woche wochen semana semanas semaine semaines",
    30: "month months monat monate monaten mes meses mois",
}
_UNIT = {word: days for days, words in _UNITS.items() for word in words.split()}
_SOON = {
    "tomorrow": 1, "morgen": 1, "manana": 1, "demain": 1,
    "next week": 7, "nachste woche": 7, "proxima semana": 7, "semaine prochaine": 7,
    "next month": 30, "nachsten monat": 30, "proximo mes": 30, "mois prochain": 30,
}  # fmt: skip
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}))?(?!\d)")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/(\d{4}))?\b")
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+(?:of |de )?({_NAMES})\b\.?(?:\s+(?:de )?(\d{{4}}))?"
)
_MONTH_DAY = re.compile(rf"\b({_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?")
_IN = re.compile(rf"\b(\d{{1,3}}|{'|'.join(_NUMBER)})\s+(?:of )?({'|'.join(_UNIT)})\b")
_LAST_MONTH = 12


def day_in(text: str, today: dt.date) -> dt.date | None:
    """Return the one day that a text names; None if it names none, or leaves doubt which.

    A day without a year is the next such day after `today`; “3/4” could be two days, and is none.
    """
    plain = _plain(text)
    found = {day for day in _dates(plain, today) if day is not None}
    found |= {
        today + dt.timedelta(days=int(_NUMBER.get(number, 0) or number) * _UNIT[unit])
        for number, unit in _IN.findall(plain)
    }
    found |= {
        today + dt.timedelta(days=days)
        for words, days in _SOON.items()
        if re.search(rf"\b{words}\b", plain)
    }
    return found.pop() if len(found) == 1 else None


def _dates(plain: str, today: dt.date) -> list[dt.date | None]:
    days = [_date(int(d), int(m), int(y), today) for y, m, d in _ISO.findall(plain)]
    days += [_date(int(d), int(m), _year(y), today) for d, m, y in _DOTTED.findall(plain)]
    days += [_date(int(d), _MONTH[m], _year(y), today) for d, m, y in _DAY_MONTH.findall(plain)]
    if not days:
        days += [_date(int(d), _MONTH[m], _year(y), today) for m, d, y in _MONTH_DAY.findall(plain)]
    for one, other, year in _SLASHED.findall(plain):
        first, second = int(one), int(other)
        if first > _LAST_MONTH:
            days.append(_date(first, second, _year(year), today))
        elif second > _LAST_MONTH or first == second:
            days.append(_date(second, first, _year(year), today))
    return days


def _year(text: str) -> int:
    return int(text) if text else 0


def _date(day: int, month: int, year: int, today: dt.date) -> dt.date | None:
    try:
        found = dt.date(year or today.year, month, day)
        return found.replace(year=today.year + 1) if not year and found <= today else found
    except ValueError:
        return None


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in letters if not unicodedata.combining(one))
