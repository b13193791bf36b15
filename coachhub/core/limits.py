"""How often a door may be knocked at, in all processes together; counted where LIMITS_URL says."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from flask import Flask, abort
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem
from limits.errors import StorageError

from coachhub.core import knocks
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext

STORE = f"{knocks.SCHEME}://"  # where LIMITS_URL names no other
# Without the store the pages that count by themselves go on; `knock` refuses.
limiter = Limiter(get_remote_address, headers_enabled=True, swallow_errors=True)


class NotCountingError(DomainError):
    """The store of the counts is away: what must be counted is refused until it is back."""

    status = 503


def knock(limit: RateLimitItem, *door: str) -> None:
    """Count one knock at a door, as in ("sign-in", address); too many end in 429.

    Raises NotCountingError when the counts cannot be kept.
    """
    if not limiter.enabled:
        return
    try:
        welcome = limiter.limiter.hit(limit, *door)
    except StorageError as error:
        raise NotCountingError(
            gettext("We cannot sign anybody in for a moment. Whoever is signed in can go on.")
        ) from error
    if not welcome:
        abort(429)


@dataclass(frozen=True)
class Window:
    """How a door stands for somebody: how often a minute, how often still, and seconds to wait."""

    limit: int
    remaining: int
    reset: int
    full: bool = False


def count(limit: RateLimitItem, *door: str) -> Window | None:
    """Count one knock at a door where being counted must not shut anybody out.

    None where nothing is counted, or the store of the counts is away.
    """
    if not limiter.enabled:
        return None
    try:
        welcome = limiter.limiter.hit(limit, *door)
        stats = limiter.limiter.get_window_stats(limit, *door)
    except StorageError:
        return None
    reset = max(1, math.ceil(stats.reset_time - time.time()))
    return Window(limit.amount, stats.remaining, reset, full=not welcome)


def init_app(app: Flask) -> None:
    """Give the app its limits."""
    limiter.init_app(app)
