"""The browser of the tests and the pictures, and the sizes they look at."""

from pathlib import Path

from playwright.sync_api import Browser, Playwright

DEBIAN = Path("/usr/bin/chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What is not this machine has no address at all.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
)
WIDE = (1280, 800)
PHONE = (390, 844)


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium where it is installed, else Playwright's own."""
    program = str(DEBIAN) if DEBIAN.exists() else None
    return playwright.chromium.launch(executable_path=program, args=list(FLAGS))
