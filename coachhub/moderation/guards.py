"""A private word before something is published, and a look at what is published all the same.

A guard reads a draft and says, to its author alone, which passage may do harm and what would do
instead. The author mends it, or insists: then it waits for a moderator before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import request

from coachhub.core.access import Actor
from coachhub.core.errors import DomainError
from coachhub.core.forms import Form
from coachhub.moderation import operations
from coachhub.moderation.hooks import GUARDS, Draft, Nudge
from coachhub.moderation.rules import BY_CODE

INSIST = "all_the_same"
HELD = "Saved. A moderator looks at it first; then the group sees it."


def look(draft: Draft) -> list[Nudge]:
    """Return what rooms and plugins have to say about a draft; nothing twice."""
    found = (nudge for given in GUARDS.call(draft) for nudge in given)
    return list(dict.fromkeys(nudge for nudge in found if nudge.rule in BY_CODE))


class GuardedForm(Form):
    """A form whose words others will read.

    After `validate_on_submit`, `may_pass` says whether they can be published now. When it says no,
    the form is shown again: the component `form_open` tells what the guards found, and offers a
    button to publish all the same. Then `hold_if_insisted` puts what was written before a coach.
    """

    # Fields that others read, by name.
    guarded: Sequence[str] = ()
    nudges: Sequence[Nudge] = ()
    insisted = False

    def may_pass(self, actor: Actor, kind: str) -> bool:
        """Ask the guards about the form's words; True if all is well, or the author insists."""
        try:
            operations.may_publish(actor)
        except DomainError as error:
            self.form_errors.append(str(error))
            return False
        fields = {name: _words(self[name].data) for name in self.guarded if name in self}
        self.nudges = look(Draft(kind, actor.member_id(), fields))
        self.insisted = bool(self.nudges) and request.form.get(INSIST) == _mark(self.nudges)
        return not self.nudges or self.insisted

    def hold_if_insisted(self, actor: Actor, kind: str, thing_id: UUID) -> None:
        """Put what waits for a look before a moderator; nobody sees it until then.

        That is what is published all the same, what the firm looks at first, and what a penalty
        holds. Afterwards `insisted` says whether it waits.
        """
        nudges = self.nudges if self.insisted else ()
        self.insisted = operations.published(actor, kind, thing_id, nudges)

    @property
    def insist(self) -> str:
        """Return the value of the button; it counts for what the author has been told, only."""
        return _mark(self.nudges)


def _words(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value or "")


def _mark(nudges: Sequence[Nudge]) -> str:
    return ",".join(sorted({nudge.guard for nudge in nudges}))
