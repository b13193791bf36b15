"""What can be reported, told by who holds it, and what is looked at before it is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from coachhub.core.access import Actor
from coachhub.core.hooks import Hook


@dataclass(frozen=True)
class Reportable:
    """Something people can report.

    Attributes:
        kind: what it is called in addresses, as in ``offer``.
        id: its id.
        label: what people call it, as in “the offer ‘Salary data’”.
        text: all of its words, as they are now.
        owner_id: the membership that wrote it.
        cohort_id: the cohort that sees it, if it is one cohort's.
        url: where it stands.
        move: puts it into a content state (`moderation.models.CONTENT_STATES`).
        state: the content state it is in.
        words: its texts by field, of those in which a passage can be masked.
        write: puts a text into one of these fields; None if nothing can be masked.
        mend_url: where its author changes it; `url`, if empty.
        may_read: says whether somebody may read it; nobody reports what they cannot read.
        row_hides: whether its readers leave out what `move` has put out of sight. Where they do
            not, all of its `words` are taken out instead, and put back later.
    """

    kind: str
    id: UUID
    label: str
    text: str
    owner_id: UUID
    cohort_id: UUID | None
    url: str
    move: Callable[[str], None]
    state: str
    words: Mapping[str, str] = field(default_factory=dict)
    write: Callable[[str, str], None] | None = None
    mend_url: str = ""
    may_read: Callable[[Actor], bool] = lambda _actor: True
    row_hides: bool = True


def masking(row: Any, *fields: str) -> dict[str, Any]:
    """Return `words` and `write` of a `Reportable` for the text columns of a row."""
    return {
        "words": {name: getattr(row, name) for name in fields},
        "write": lambda name, text: setattr(row, name, text),
    }


REPORTABLE: Hook[[str, UUID], Reportable | None] = Hook(
    "reportable",
    "Called with a kind and an id when somebody reports a thing or a moderator looks at it; return"
    " it if the kind is yours and it exists, otherwise None.",
    gives=Reportable,
)


def find_reportable(kind: str, thing_id: UUID) -> Reportable | None:
    """Return the thing of that kind and id, whoever holds it."""
    return next((found for found in REPORTABLE.call(kind, thing_id) if found), None)


MODERATORS: Hook[[UUID], Sequence[UUID]] = Hook(
    "moderators",
    "Called with a cohort's id when it must be known who moderates its texts beside the firm's"
    " admins; return memberships.",
    gives=UUID,
    many=True,
    between_rooms=True,
)


@dataclass(frozen=True)
class Draft:
    """Words that somebody is about to publish.

    Attributes:
        kind: what they will be, as in ``offer``; the kinds of `Reportable`.
        author_id: the membership that writes.
        fields: what each field of the form holds, by its name; only what others will read.
        details_in: fields that are meant for contact details.
    """

    kind: str
    author_id: UUID
    fields: Mapping[str, str]
    details_in: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Source:
    """Where an author says that something comes from.

    `sort` is ``public`` (`words` is the link), ``own`` (they lived it themselves) or ``allowed``
    (`words` says by whom).
    """

    sort: str
    words: str


@dataclass(frozen=True)
class Nudge:
    """A private word to an author about one passage.

    Attributes:
        guard: whose word it is, short, as in ``gift_rule``.
        rule: the house rule it rests on, a code of `moderation.rules`.
        field: in which field of the form.
        passage: quoted from it; empty for all of it.
        why: what may go wrong, in one kind sentence.
        instead: what would do; a sentence that helps to mend it.
        sources: the sorts of `Source` that answer it: once the author names one, it passes.
        cover: whether it is about contact details that can be covered for readers.
        holds: whether there is nothing for the author to mend: a moderator looks first.
    """

    guard: str
    rule: str
    field: str
    passage: str
    why: str
    instead: str
    sources: tuple[str, ...] = ()
    cover: bool = False
    holds: bool = False

    def finding(self) -> dict[str, str]:
        """Return what a moderator is told of it."""
        return {
            "guard": self.guard,
            "rule": self.rule,
            "field": self.field,
            "passage": self.passage,
            "why": self.why,
        }


GUARDS: Hook[[Draft], Sequence[Nudge]] = Hook(
    "guards",
    "Called with the words of a draft before they are published; return what its author should"
    " hear first, in private. If they publish all the same, a moderator looks at it before anybody"
    " sees it. Judge by the draft alone, quickly; an empty list lets it pass.",
    gives=Nudge,
    many=True,
)


@dataclass(frozen=True)
class Written:
    """Something that others can read, for a look back.

    Attributes:
        kind: as in `Draft`.
        label: what people call it, as in “the offer ‘Salary data’”.
        url: where it stands.
        written_at: when it was written.
        draft: its words as the guards read them.
    """

    kind: str
    label: str
    url: str
    written_at: dt.datetime
    draft: Draft


WRITTEN: Hook[[dt.datetime], Sequence[Written]] = Hook(
    "written",
    "Called when a firm admin tries out watched words, with a moment; return what was written since"
    " then and others can read now.",
    gives=Written,
    many=True,
)
