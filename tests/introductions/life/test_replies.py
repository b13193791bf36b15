"""What a reply means: in four languages, quoted text cut, and no doubt is taken for a yes."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachhub.introductions.replies import read_reply
from coachhub.introductions.reply_days import day_in

TODAY = dt.date(2026, 3, 2)

YES = """Yes|yes!|YES.|Yes please|Yes, please do|Yes I will write to her this week|Sure|Sure, gladly
Of course|OK|Okay, thanks|No problem|No worries, happy to|I'm in|I’m in|Happy to|Count me in
Ja|Ja, gerne|Ja gern!|Gerne|Klar|Na klar|Kein Problem|Natürlich|Einverstanden|Mach ich
Sí|Sí, con gusto|Si|Claro|Claro que sí|Por supuesto|De acuerdo|Vale, gracias|Sin problema
Oui|Oui, avec plaisir|D'accord|D’accord.|Bien sûr|Volontiers|Avec plaisir|Pas de problème"""
NO = """No|no.|No, thanks|No thank you|Sorry, no|I'd rather not|I’d rather not.|Rather not
No, not for me
Nein|Nein, danke|Leider nein|Tut mir leid, nein|Lieber nicht|Leider nicht
No, gracias|Lo siento, no|Mejor no|No gracias
Non|Non merci|Non, merci beaucoup|Désolé, non|Plutôt pas|Je préfère que non"""
NOT_NOW = """Not now|Not yet|Later|Maybe later|Not right now, thanks|Not at the moment
Nicht jetzt|Jetzt nicht|Später|Im Moment nicht|Noch nicht
Ahora no|Todavía no|Más tarde|Por ahora no
Pas maintenant|Plus tard|Pas encore|Pas pour le moment"""
DONE = """Done|Done.|It's done|It’s done, she answered at once|I did it|Kept
Erledigt|Ist erledigt!|Gemacht|Hecho|Ya está|Listo|C'est fait|C’est fait.|Fait"""
MORE_TIME = """I need more time|More time, please|Need more time|Ich brauche mehr Zeit
Mehr Zeit bitte
Necesito más tiempo|J'ai besoin de plus de temps|Il me faut plus de temps"""
DOUBTFUL = """Yes, but only if she pays|Yes and no|Yes. No. Maybe|yes?|Is this real? Yes|Not sure
No idea who that is|No sé|Si tu veux|Si quieres|Ja, aber nicht diese Woche
Oui, mais pas cette semaine
Sí, pero no ahora|Yes I don't think so|No, I mean yes|Who is this?|What is in it for me?|Hello
Done with this nonsense|Not done yet|Ok, what does it mean?|Thanks|I was on holiday
Nein, doch|Sure about that
I have no objection but let me think|On Monday maybe|Yes, later|Yes unless it rains"""


def lines(text: str) -> list[str]:
    return [one for line in text.splitlines() for one in line.split("|")]


SAID = [
    (text, meaning)
    for texts, meaning in (
        (YES, "yes"),
        (NO, "no"),
        (NOT_NOW, "not_now"),
        (DONE, "done"),
        (MORE_TIME, "more_time"),
        (DOUBTFUL, None),
    )
    for text in lines(texts)
]


@pytest.mark.parametrize(("text", "meaning"), SAID)
def test_what_is_said_is_understood_and_what_is_doubtful_is_not(
    text: str, meaning: str | None
) -> None:
    assert read_reply(text, TODAY).meaning == meaning


AROUND = [
    "{}\n\nOn Mon, 2 Mar 2026 at 09:12, CoachHub <r1@example.org> wrote:\n> No\n> Not now",
    "{}\n\nAm 2. März 2026 schrieb CoachHub:\n> Nein",
    "{}\r\n\r\n-- \r\nGudrun Giverson\r\nNo fax",
    "Hello,\n\n{}\n\nBest regards\nGudrun",
    "Hallo zusammen,\n{}\n\nViele Grüße\nGudrun",
    "\n\n   {}   \n\n\nSent from my phone",
    "> Do you want to?\n{}\n> No answer yet",
    "{}\n________________________________\nFrom: CoachHub\nSent: Monday\n\nno",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(("text", "meaning"), [one for one in SAID if len(one[0]) < 12])
def test_quotes_greetings_and_signatures_change_nothing(
    around: str, text: str, meaning: str | None
) -> None:
    assert read_reply(around.format(text), TODAY).meaning == meaning


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Yes, I will write to her this week.", "I will write to her this week"),
        ("Hi,\n\nYes. I ring him,\nand tell you.\n\nBest\nG", "I ring him, and tell you"),
        ("Ja gerne, ich rufe sie an!\nViele Grüße\nG", "gerne, ich rufe sie an"),
        ("Yes please", ""),
        ("Oui, merci beaucoup", ""),
        ("Yes\n\nBest regards\nGudrun", ""),
    ],
)
def test_words_beside_a_yes_are_the_promise_as_it_was_written(text: str, words: str) -> None:
    assert read_reply(text, TODAY).words == words


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Not now, in two weeks", dt.date(2026, 3, 16)),
        ("Later, 15 March", dt.date(2026, 3, 15)),
        ("Later. March 15th, 2027", dt.date(2027, 3, 15)),
        ("Not now, after 1 February", dt.date(2027, 2, 1)),
        ("I need more time, until 2026-04-01", dt.date(2026, 4, 1)),
        ("Jetzt nicht, am 15.4. wieder", dt.date(2026, 4, 15)),
        ("Nicht jetzt, in drei Wochen", dt.date(2026, 3, 23)),
        ("Später, am 3. Mai", dt.date(2026, 5, 3)),
        ("Ahora no, el 3 de mayo", dt.date(2026, 5, 3)),
        ("Más tarde, en 10 días", dt.date(2026, 3, 12)),
        ("Pas maintenant, le 14 juillet 2026", dt.date(2026, 7, 14)),
        ("Plus tard, la semaine prochaine", dt.date(2026, 3, 9)),
        ("Later, 25/03", dt.date(2026, 3, 25)),
        ("Later, 3/4", None),
        ("Later, 31.2.", None),
        ("Later, on 3 May or on 5 May", None),
        ("Later", None),
    ],
)
def test_days_as_people_write_them(text: str, day: dt.date | None) -> None:
    assert read_reply(text, TODAY).day == day


@pytest.mark.parametrize("text", ["STOP", "Unsubscribe", "Never again", "Nie wieder", "Jamais"])
def test_whoever_wants_no_more_mail_is_understood(text: str) -> None:
    found = read_reply(text, TODAY)
    assert (found.meaning, found.never) == ("no", True)


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm(text: str) -> None:
    found = read_reply(text, TODAY)
    assert found.meaning in {"yes", "no", "not_now", "done", "more_time", None}
    assert day_in(text, TODAY) is None or isinstance(day_in(text, TODAY), dt.date)


@given(st.sampled_from([text for text, _meaning in SAID]), st.sampled_from(["but", "?", "if"]))
def test_a_condition_never_counts_as_a_yes(text: str, doubt: str) -> None:
    assert read_reply(f"{text} {doubt} you pay me first", TODAY).meaning != "yes"
