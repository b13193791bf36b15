"""A private word before something is published, and a look at what is published all the same.

A guard reads a draft and says, to its author alone, which passage may do harm and what would do
instead. The author mends it, or insists: then it waits for a moderator before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request

from coachhub.core import audit
from coachhub.core.access import Actor, current_actor
from coachhub.core.errors import DomainError
from coachhub.core.forms import Form
from coachhub.core.words import gettext, gettext_noop, lazy_gettext
from coachhub.moderation import operations, own_guards, sources
from coachhub.moderation.guarding.details import covered
from coachhub.moderation.hooks import GUARDS, Draft, Nudge, Source
from coachhub.moderation.rules import BY_CODE

OURS = own_guards  # loaded with the chain, so that they are heard
# Said to whoever reads it: who wrote it sees no second page, and it is theirs to answer.
CAUTION = gettext_noop(
    "Please take care: work that asks for money, bank data or papers first is often a trap. Ask"
    " your coach to look at it with you before you answer."
)
_TRAP = "scam"
INSIST, COVER = "all_the_same", "cover"
SOURCE, SOURCE_WORDS = "source_sort", "source_words"
LONGEST_SOURCE = 500
HELD = lazy_gettext("Saved. A moderator looks at it first; then the group sees it.")


def look(draft: Draft) -> list[Nudge]:
    """Return what rooms and plugins have to say about a draft; nothing twice."""
    found = (nudge for given in GUARDS.call(draft) for nudge in given)
    return list(dict.fromkeys(nudge for nudge in found if nudge.rule in BY_CODE))


@dataclass(frozen=True)
class Heard:
    """What guards say to a draft, once its author has said what they have to say.

    Attributes:
        nudges: what is left for the author to mend, or to keep all the same.
        held: what a moderator looks at, whatever the author does.
        sourced: what the author answered by naming a source.
        source_problem: what that source still lacks; empty if it is good.
        insisted: whether it waits for a look.
        passes: whether it can be published, then or after the look.
    """

    nudges: Sequence[Nudge]
    held: Sequence[Nudge]
    sourced: Sequence[Nudge]
    source_problem: str
    insisted: bool
    passes: bool


def hear(draft: Draft, source: Source, *, told: str, can_wait: bool) -> Heard:
    """Ask the guards about a draft.

    Args:
        draft: the words.
        source: where the author says that they come from.
        told: the guards that the author was told of and goes on all the same, as `mark` names them.
        can_wait: whether a moderator can hold it; what only two people share does not wait.
    """
    problem = ""
    sourced: list[Nudge] = []
    rest: list[Nudge] = []
    for nudge in look(draft):
        lacking = sources.problem(source) if source.sort in nudge.sources else ""
        problem = problem or lacking
        (sourced if source.sort in nudge.sources and not lacking else rest).append(nudge)
    held = [one for one in rest if one.holds and can_wait]
    nudges = [one for one in rest if one not in held]
    keeps = may_keep(nudges, can_wait=can_wait) and told == mark(nudges)
    insisted = bool(held) if not nudges else keeps
    return Heard(nudges, held, sourced, problem, insisted, passes=not nudges or insisted)


def private_word(actor: Actor, kind: str, words: str) -> str:
    """Return what a guard has to say to words that came by mail, for the answer; empty if nothing.

    The answer stands for the second page: nothing is done with the words until they come again.
    """
    found = look(Draft(kind, actor.member_id(), {"text": words}))
    return f"{gettext(found[0].why)} {gettext(found[0].instead)}" if found else ""


def caution(reader_id: UUID, kind: str, words: str) -> str:
    """Return what to tell a member beside words that somebody outside wrote to them alone.

    These are let through: a letter to one person is held by nobody. Empty if there is nothing.
    """
    found = look(Draft(kind, reader_id, {"text": words})) if words else []
    return CAUTION if any(one.rule == _TRAP for one in found) else ""


def may_keep(nudges: Sequence[Nudge], *, can_wait: bool) -> bool:
    """Say whether an author may go on all the same: not with a word that the firm holds back."""
    return can_wait or not any(one.holds for one in nudges)


class GuardedForm(Form):
    """A form whose words others will read.

    After `validate_on_submit`, `may_pass` says whether they can be published now. When it says no,
    the form is shown again: the component `form_open` tells what the guards found, and offers the
    ways on. The author mends it, names where it comes from, has contact details covered, or
    publishes all the same. Then `hold_if_insisted` puts what was written before a coach.
    """

    # Fields that others read, by name, and those of them where contact details may stand.
    guarded: Sequence[str] = ()
    details_in: Sequence[str] = ()
    # Whether a moderator can hold it; what only two people share does not wait.
    can_wait = True
    nudges: Sequence[Nudge] = ()
    held: Sequence[Nudge] = ()
    insisted = False
    source_problem = ""
    _sourced: Sequence[Nudge] = ()

    def may_pass(self, actor: Actor, kind: str) -> bool:
        """Ask the guards about the form's words; True if all is well, or the author insists."""
        try:
            operations.may_publish(actor)
        except DomainError as error:
            self.form_errors.append(str(error))
            return False
        return self._heard(actor, kind)

    def _heard(self, actor: Actor, kind: str) -> bool:
        if COVER in request.form:
            self._cover()
        heard = hear(
            self.words_of(actor, kind),
            self.named_source,
            told=request.form.get(INSIST, ""),
            can_wait=self.can_wait,
        )
        self._sourced, self.held, self.nudges = heard.sourced, heard.held, heard.nudges
        self.source_problem, self.insisted = heard.source_problem, heard.insisted
        return heard.passes

    def words_of(self, actor: Actor, kind: str) -> Draft:
        """Return the form's words as the guards read them."""
        fields = {name: _words(self[name].data) for name in self.guarded if name in self}
        return Draft(kind, actor.member_id(), fields, frozenset(self.details_in))

    def hold_if_insisted(self, actor: Actor, kind: str, thing_id: UUID) -> None:
        """Put what waits for a look before a moderator; nobody sees it until then.

        That is what is published all the same, what the firm looks at first, and what a penalty
        holds. Afterwards `insisted` says whether it waits. A source that was named is kept.
        """
        nudges = (*self.held, *self.nudges) if self.insisted else ()
        if self._sourced:
            sources.keep(actor, kind, thing_id, self.named_source, self._sourced)
        self.insisted = operations.published(actor, kind, thing_id, nudges)

    @property
    def can_keep(self) -> bool:
        """Say whether the author may publish all the same: not a word that the firm holds back."""
        return may_keep(self.nudges, can_wait=self.can_wait)

    @property
    def insist(self) -> str:
        """Return the value of the button; it counts for what the author has been told, only."""
        return mark(self.nudges)

    @property
    def named_source(self) -> Source:
        """Return what the author says of where it comes from."""
        words = request.form.get(SOURCE_WORDS, "").replace("\x00", "").strip()[:LONGEST_SOURCE]
        return Source(request.form.get(SOURCE, ""), words)

    @property
    def source_choices(self) -> list[tuple[str, str]]:
        """Return the sorts of source that would answer what was found; none if nothing would."""
        offered = [set(one.sources) for one in self.nudges if one.sources]
        kept = set.intersection(*offered) if offered else set()
        return [(sort, gettext(title)) for sort, title in sources.SORTS.items() if sort in kept]

    @property
    def can_cover(self) -> bool:
        """Say whether contact details can be covered."""
        return any(one.cover for one in self.nudges)

    def _cover(self) -> None:
        for name in self.guarded:
            if name in self and name not in self.details_in:
                given = self[name].data
                if isinstance(given, str):
                    self[name].data = covered(given)
                elif isinstance(given, list):
                    self[name].data = [covered(str(one)) for one in given]


class SharedForm(GuardedForm):
    """A form whose words go to a few people, or stand where nothing can wait.

    It asks the guards by itself, as one of its validators would. The author mends it, or keeps it
    as it is: then it goes on its way, and the record says that a guard was passed over.
    """

    read_as = ""
    can_wait = False

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Say whether a form was sent, can be taken, and the guards have nothing to say."""
        if not super().validate_on_submit(extra_validators):
            return False
        if not self.others_read():
            return True
        actor = current_actor()
        heard = self._heard(actor, self.read_as)
        if heard and self.insisted:
            guards = sorted({one.guard for one in self.nudges})
            audit.record(actor, "guard.passed_over", kind=self.read_as, guards=guards)
        if heard and self._sourced:
            sources.keep(actor, self.read_as, actor.member_id(), self.named_source, self._sourced)
        return heard

    def others_read(self) -> bool:
        """Say whether others will read what was typed; a draft is nobody else's."""
        return True


def _words(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value if one)
    return str(value or "")


def mark(nudges: Sequence[Nudge]) -> str:
    """Return the names of the guards that had something to say, with commas between."""
    return ",".join(sorted({nudge.guard for nudge in nudges}))
