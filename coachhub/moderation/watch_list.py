"""The words that a firm watches, and what they would have caught in the last weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.core.words import number as count_of
from coachhub.moderation.guarding.watched import Sighting, problem, watch
from coachhub.moderation.hooks import WRITTEN, Written
from coachhub.moderation.models import WatchedWord

EFFECTS = {
    "nudge": gettext_noop("The author hears a word first; who keeps it waits for a moderator"),
    "hold": gettext_noop("A moderator looks at it first"),
}
MOST = 2000
DRY_RUN = dt.timedelta(days=30)


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be watched: its number, and what is wrong with it."""

    number: int
    problem: str

    @property
    def sentence(self) -> str:
        """Return it as it is told."""
        return gettext("Line %(number)s: %(problem)s", number=self.number, problem=self.problem)


@dataclass(frozen=True)
class Caught:
    """A text that watched words would have caught."""

    text: Written
    sightings: tuple[Sighting, ...]


def effects() -> dict[str, str]:
    """Return what happens for each watched word."""
    rows = db.session.execute(
        select(WatchedWord.word, WatchedWord.effect).order_by(WatchedWord.word)
    )
    return {row.word: row.effect for row in rows}


def rows() -> list[WatchedWord]:
    """Return the watched words in the order of the alphabet."""
    return list(db.session.scalars(select(WatchedWord).order_by(WatchedWord.word)))


def read(lines: str) -> tuple[list[str], list[BadLine]]:
    """Return the words on the lines of a text, and the lines that cannot be watched."""
    good: dict[str, None] = {}
    bad = []
    for number, line in enumerate(lines.splitlines(), 1):
        word = " ".join(line.split()).casefold()
        if not word:
            continue
        wrong = problem(word)
        if wrong:
            bad.append(BadLine(number, wrong))
        else:
            good[word] = None
    return list(good), bad


def add(actor: Actor, words: Sequence[str], effect: str) -> int:
    """Watch these words; those that are watched already get the new effect.

    Returns how many are new. Raises DomainError above `MOST` words.
    """
    if effect not in EFFECTS:
        raise DomainError(gettext("Please choose what happens."))
    known = {row.word: row for row in rows()}
    new = [word for word in dict.fromkeys(words) if word not in known]
    if len(known) + len(new) > MOST:
        raise DomainError(
            gettext(
                "A firm can watch up to %(MOST)s words. You have %(number)s.",
                MOST=count_of(MOST),
                number=count_of(len(known)),
            )
        )
    for word in words:
        if word in known:
            known[word].effect = effect
    db.session.add_all(WatchedWord(word=word, effect=effect) for word in new)
    db.session.flush()
    audit.record(actor, "watched_words.added", kind="firm", words=list(words), effect=effect)
    return len(new)


def drop(actor: Actor, word_id: UUID) -> str:
    """Watch a word no longer; return it."""
    row = db.session.scalar(select(WatchedWord).where(WatchedWord.id == word_id))
    if row is None:
        raise NotFoundError
    db.session.delete(row)
    db.session.flush()
    audit.record(actor, "watched_words.dropped", kind="firm", words=[row.word])
    return row.word


def dry_run(words: Iterable[str]) -> tuple[list[Caught], int]:
    """Return what these words would have caught in `DRY_RUN`, the newest first, and of how many."""
    eyes = watch(tuple(words))
    texts = [text for given in WRITTEN.call(now() - DRY_RUN) for text in given]
    caught = []
    for text in sorted(texts, key=lambda one: one.written_at, reverse=True):
        seen = {
            one.word: one for typed in text.draft.fields.values() for one in eyes.sightings(typed)
        }
        if seen:
            caught.append(Caught(text, tuple(seen.values())))
    return caught, len(texts)
