"""What a page that only reads asks again and again is read once.

A page is put together by many: rooms and plugins each ask who is in the cohort. Inside of a
`remembering` block the first answer is kept. Nothing may be written in it: whoever changes what was
read would go on with what it was before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

R = TypeVar("R")
_memory: ContextVar[dict[Hashable, Any] | None] = ContextVar("coachhub_memory", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Keep what is read until the block ends; a block inside another shares its memory."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def remembered(key: Hashable, read: Callable[[], R]) -> R:
    """Return what was read under this key, or read it now; outside of a block always now."""
    memory = _memory.get()
    if memory is None:
        return read()
    if key not in memory:
        memory[key] = read()
    found: R = memory[key]
    return found
