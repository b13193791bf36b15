"""Pictures of every kind of mail, 320 and 600 pixels wide, light and dark; into shots/mails/.

They are made from the golden files, which the tests hold to what is really sent; and sheets of all
of them beside each other, which are quicker to look at.
"""

import itertools
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from chromium import launch

HERE = Path(__file__).resolve().parents[1]
GOLDEN = HERE / "tests" / "mail" / "golden"
SHOTS = HERE / "shots" / "mails"
WIDTHS = (320, 600)
A_SHEET = 8


def main() -> None:
    """Take the pictures."""
    shutil.rmtree(SHOTS, ignore_errors=True)
    SHOTS.mkdir(parents=True)
    mails = sorted(GOLDEN.glob("*.html"))
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for width, dark in itertools.product(WIDTHS, (False, True)):
            look = f"{width}-{'dark' if dark else 'light'}"
            scheme = "dark" if dark else "light"
            context = browser.new_context(
                viewport={"width": width, "height": 400}, color_scheme=scheme
            )
            page = context.new_page()
            for mail in mails:
                page.set_content(mail.read_text(encoding="utf-8"))
                page.screenshot(path=SHOTS / f"{mail.stem}-{look}.png", full_page=True)
            for start in range(0, len(mails), A_SHEET):
                names = [f"{mail.stem}-{look}" for mail in mails[start : start + A_SHEET]]
                sheet(page, names, width, 1 + start // A_SHEET, look)
            context.close()
        browser.close()
    sys.stdout.write(f"{len(mails)} mails are in {SHOTS}\n")


def sheet(page: Page, names: list[str], width: int, number: int, look: str) -> None:
    """Put some pictures on one."""
    figures = "".join(
        f'<figure style="margin:8px"><figcaption>{name}</figcaption>'
        f'<img src="{name}.png" width="{width}"></figure>'
        for name in names
    )
    style = "display:flex;flex-wrap:wrap;align-items:flex-start;background:#888;margin:0"
    file = SHOTS / f"sheet-{look}-{number}.html"
    file.write_text(f'<body style="{style}">{figures}</body>', encoding="utf-8")
    page.set_viewport_size({"width": 4 * (width + 18), "height": 400})
    page.goto(file.as_uri())
    page.screenshot(path=file.with_suffix(".png"), full_page=True)
    page.set_viewport_size({"width": width, "height": 400})
    file.unlink()


if __name__ == "__main__":
    main()
