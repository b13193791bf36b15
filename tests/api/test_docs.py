"""What docs/api.md tells people to write does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from coachhub.api.entrance import PER_MINUTE
from coachhub.api.operations import LONGEST
from coachhub.api.rest import LARGEST
from coachhub.api.shapes.base import MOST
from coachhub.api.webhooks.operations import STOP_AFTER, WAITS
from coachhub.api.webhooks.signing import body_of, headers_for, new_secret
from coachhub.core.db import now
from coachhub.core.outward import PATIENCE

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_example_verifies_what_we_send() -> None:
    [code] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    given: dict[str, Any] = {}
    exec(code, given)  # noqa: S102 - the document's own example
    secret, body = new_secret(), body_of("round.released", now(), {"round_id": "x"})
    headers = headers_for("msg_1", now(), body, (secret,))
    assert given["received"](secret, headers, body) == ("round.released", {"round_id": "x"})
    with pytest.raises(WebhookVerificationError):
        given["received"](new_secret(), headers, body)


def test_its_figures_are_those_of_the_code() -> None:
    assert f"{PER_MINUTE.amount} requests a minute" in TEXT
    assert f"up to {MOST}" in TEXT
    assert f"up to {LARGEST // 1024} KiB" in TEXT
    assert (len(WAITS) + 1, STOP_AFTER.days, PATIENCE, LONGEST.days) == (10, 5, 8.0, 366)
