"""What a plugin's guard learned, asked of a text: the door to `coachhub.moderation.guarding`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coachhub.moderation.guarding.learned import heaviest_passage, learned


def learned_passage(weights: Path, typed: str, found: Sequence[str] = ()) -> str | None:
    """Return the passage of a text that weighs most.

    Args:
        weights: the file of the guard's weights, as `make guard-train` writes it.
        typed: the words of a member.
        found: what the plugin's own lists found, as features; then a little less is enough.

    Returns:
        The passage; empty where there's nothing to say; None where the weights can't tell.
    """
    return heaviest_passage(learned(weights), typed, found)
