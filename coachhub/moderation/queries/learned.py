"""What a plugin's guard learned, asked of a text: the door to `coachhub.moderation.guarding`."""

from __future__ import annotations

from pathlib import Path

from coachhub.moderation.guarding.learned import heaviest_passage, learned


def learned_passage(weights: Path, typed: str) -> str:
    """Return the passage of a text that weighs most; empty where the guard has nothing to say.

    Args:
        weights: the file of the guard's weights, as `make guard-train` writes it.
        typed: the words of a member.
    """
    return heaviest_passage(learned(weights), typed)
