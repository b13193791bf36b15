"""Every kind of mail, to the letter, as it was last looked at; and what holds for all of them.

The golden files hold what a reader sees: sender, subject and text in one, the HTML in the other.
After a change that is meant, renew them (`make renew-mails`), look at what `git diff` says and at
the pictures (`make mail-shots`), and commit them with the change.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coachhub.mail.replies import parsed
from fixtures_browser import barriers
from fixtures_every_mail import COLUMNS, HTML_BYTES, problems
from fixtures_one_of_each import One, kinds

GOLDEN = Path(__file__).parent / "golden"
NARROW = (320, 640)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_REF = re.compile(r"\([0-9A-HJKMNP-TV-Z]{6}\)")  # the short name of a decision
_SEAL = re.compile(r"\b\d+:[0-9a-f]{64}\b")
_TOKEN = re.compile(r"(?<=/)(?!00000000-)(?=[\w=-]*[\dA-Z_])[\w=.-]{20,}(?=[\s\"<>/]|$)")


def shown(mail: One) -> tuple[str, str]:
    """Return a mail as its reader sees it, text and HTML; links without what is new each time."""
    message = parsed(mail.raw)
    heads = [f"{name}: {message[name]}" for name in ("From", "To", "Subject")]
    text, html = (
        _REF.sub(
            "(000000)",
            _TOKEN.sub(
                "a-token",
                _ID.sub("00000000-0000-0000-0000-000000000000", _SEAL.sub("a-seal", str(content))),
            ),
        )
        for content in (
            message.get_body(("plain",)).get_content(),  # type: ignore[union-attr]
            message.get_body(("html",)).get_content(),  # type: ignore[union-attr]
        )
    )
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").splitlines())
    return "\n".join(heads) + f"\n\n{lines}\n", html.replace("\r\n", "\n").rstrip() + "\n"


@pytest.fixture
def mails(one_of_each: list[One]) -> dict[str, One]:
    """Return the mails by the name of their golden file: the kind, and a number from the second."""
    seen: Counter[str] = Counter()
    named = {}
    for mail in one_of_each:
        seen[mail.kind] += 1
        number = seen[mail.kind]
        named[mail.kind if number == 1 else f"{mail.kind}-{number}"] = mail
    return named


def test_every_mail_is_as_it_was_last_looked_at(mails: dict[str, One]) -> None:
    assert {mail.kind for mail in mails.values()} == kinds()
    made = {
        f"{name}.{ending}": content
        for name, mail in mails.items()
        for ending, content in zip(("txt", "html"), shown(mail), strict=True)
    }
    if os.environ.get("RENEW_MAILS"):
        GOLDEN.mkdir(exist_ok=True)
        for old in GOLDEN.iterdir():
            old.unlink()
        for name, content in made.items():
            (GOLDEN / name).write_text(content, encoding="utf-8")
    kept = {one.name: one.read_text(encoding="utf-8") for one in sorted(GOLDEN.iterdir())}
    assert sorted(made) == sorted(kept)
    for name, content in made.items():
        assert content == kept[name], f"{name} has changed: was it meant? See the top of this file."


def test_every_mail_says_the_same_twice_and_keeps_its_measures(mails: dict[str, One]) -> None:
    assert (COLUMNS, HTML_BYTES) == (78, 80_000)
    for name, mail in mails.items():
        assert problems(mail.raw) == [], name
        text, html = shown(mail)
        # Indented by what? A template that lost its dashes.
        odd = re.search(r"^(?! *[*>-]|  \S.*|\S|$).*", text, re.MULTILINE)
        assert odd is None, (name, odd and odd[0])
        assert "\n\n\n" not in text, name
        # Inlined: what is left in the style sheet is for small screens and the dark alone.
        sheets = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
        assert all(sheet.strip().startswith("@media") for sheet in sheets), name
        assert 'style="' in html, name


@pytest.mark.parametrize("dark", [False, True])
def test_every_mail_fits_320_pixels_and_can_be_read_by_all(
    mails: dict[str, One], visitors: Callable[..., Any], *, dark: bool
) -> None:
    page = visitors(size=NARROW, dark=dark).page()
    one_of_a_kind = {mail.kind: name for name, mail in reversed(mails.items())}
    for name in one_of_a_kind.values():
        page.set_content(shown(mails[name])[1])
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= NARROW[0], f"{name} is {wide} wide"
        assert not page.query_selector("img, script, svg, video"), name
        small = page.evaluate(SMALLEST)
        assert small >= 13, f"{name} has letters of {small} px"
        found = [one for one in barriers(page) if "landmark" not in one and "region:" not in one]
        assert found == [], name


SMALLEST = """() => Math.min(...[...document.body.querySelectorAll("*")]
  .filter(one => one.innerText && one.offsetParent && !one.closest(".preheader"))
  .map(one => parseFloat(getComputedStyle(one).fontSize)))"""
