"""Contrast of every pair of colours that text stands in, by WCAG 2.2, in light and dark."""

import re
from itertools import product

import pytest
from flask import render_template_string

from coachhub.core.paths import static
from design.bare_pages import bare_app

TOKEN = re.compile(r"--ch-([a-z-]+): (?:light-dark\((#\w+), (#\w+)\)|(#\w+));")
ACCENTS = ("", "grey", *(str(hue) for hue in range(0, 360, 15)))
GROUNDS = ("bg", "surface", "sunken", "tint", "raised")


def tokens(accent: str, theme: str) -> dict[str, str]:
    """Colours by name, as a page with this firm's colour and this theme has them."""
    parts = [(static() / "app.css").read_text()]
    if accent:
        sheet = (static() / "accents.css").read_text()
        own = re.search(r'"' + accent + r'"\] \{(.*?)\}', sheet, re.DOTALL)
        assert own, accent
        parts.append(own.group(1))
    found = {}
    for part in parts:
        for name, light, dark, both in TOKEN.findall(part):
            found[name] = both or (light if theme == "light" else dark)
    return found


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_pairs() -> list[tuple[str, str]]:
    pairs = list(product(("ink", "soft", "accent", "accent-deep", "bad"), GROUNDS))
    pairs += [(tone, f"{tone}-wash") for tone in ("good", "warn", "bad", "info", "accent")]
    pairs += [("ink", f"{tone}-wash") for tone in ("good", "warn", "bad", "info", "accent")]
    pairs += [("accent-deep", "accent-wash"), ("soft", "accent-wash")]
    return [*pairs, ("on-fill", "fill"), ("on-fill", "fill-deep"), ("on-fill", "bad-fill")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("accent", ACCENTS)
def test_text_can_be_read(accent: str, theme: str) -> None:
    colours = tokens(accent, theme)
    weak = {
        f"{ink} on {ground}": round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground in text_pairs()
        if contrast(colours[ink], colours[ground]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("accent", ACCENTS)
def test_edges_of_controls_can_be_seen(accent: str, theme: str) -> None:
    colours = tokens(accent, theme)
    weak = {
        f"{edge} on {ground}": round(contrast(colours[edge], colours[ground]), 2)
        for edge, ground in product(("edge", "accent"), ("bg", "surface", "raised"))
        if contrast(colours[edge], colours[ground]) < 3
    }
    assert weak == {}


@pytest.mark.parametrize(
    ("colour", "block"),
    [
        ("#ff0000", "0"),
        ("#1f6f6b", "180"),
        ("#0057b8", "210"),
        ("#FF00AA", "315"),
        ("#ff0010", "0"),
        ("#333436", "grey"),
        ("#7a2f5f", ""),
        ("", ""),
        (None, ""),
        ('"><script>', ""),
    ],
)
def test_a_firms_colour_finds_its_block(colour: str | None, block: str) -> None:
    app = bare_app()
    with app.test_request_context("/living"):
        source = '{% from "components/accent.html" import accent %}{{ accent(colour) }}'
        assert render_template_string(source, colour=colour) == block


def test_black_on_white_is_21() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#ffffff") == pytest.approx(4.48, abs=0.01)
