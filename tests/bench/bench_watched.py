"""Two thousand watched words on a post of 20 kB, against one regular expression search per word.

Prints the median of both in the same run and their ratio. Usage: ``make bench-watched``.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import time
from collections.abc import Callable

from coachhub.moderation.guarding.plain import plain
from coachhub.moderation.guarding.watched import watch

WORDS, SIZE, ROUNDS = 2000, 20_000, 7
SYLLABLES = tuple(
    "ba ce di fo gu ha ki lo mu na pe qui ra so tu va we xi yo zu chen berg stein".split()  # noqa: SIM905 - read as one line
)


def main() -> None:
    """Measure processor time, and check that both find the same words."""
    draw = random.Random(11)  # noqa: S311 - the same words every time

    def word() -> str:
        return "".join(draw.choice(SYLLABLES) for _ in range(draw.randint(2, 4)))

    listed = {word() for _ in range(WORDS // 2)}
    listed |= {f"{word()} {word()}" for _ in range(WORDS // 4)}
    while len(listed) < WORDS:
        listed.add(draw.choice((f"{word()}*", f"*{word()}", f"{word()}*{draw.choice(SYLLABLES)}")))
    text = ""
    while len(text) < SIZE:
        text += (draw.choice(sorted(listed)) if draw.random() < 0.02 else word()) + " "
    text = text.replace("*", "")[:SIZE]
    words = tuple(sorted(listed))
    eyes = watch(words)
    folded = plain(text).text
    one_by_one = [_searched(one) for one in words]
    ours = {one.word for one in eyes.sightings(text)}
    theirs = {one for one, pattern in zip(words, one_by_one, strict=True) if pattern.search(folded)}
    if ours != theirs:
        raise SystemExit(f"They differ: {sorted(ours ^ theirs)[:10]}")
    pass_ms = _median(lambda: eyes.sightings(text))
    each_ms = _median(lambda: [pattern.search(folded) for pattern in one_by_one])
    made_ms = _median(lambda: watch.__wrapped__(words))
    sys.stdout.write(
        f"{WORDS} words on {len(text)} characters, {len(ours)} found; median of {ROUNDS}\n"
        f"one pass      {pass_ms:8.1f} ms (and {made_ms:.1f} ms to index the words, once)\n"
        f"one by one    {each_ms:8.1f} ms\n"
        f"ratio         {each_ms / pass_ms:8.1f}\n"
    )


def _searched(word: str) -> re.Pattern[str]:
    return re.compile(r"\b" + re.escape(word).replace(r"\*", r"\w*") + r"\b")


def _median(work: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    main()
