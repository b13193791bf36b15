"""`make assets` while the app runs: what open pages ask for stays for one generation."""

from __future__ import annotations

from pathlib import Path

import pytest

import assets
from coachhub.core import files, paths


def test_the_generation_before_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static, packed = tmp_path / "static", tmp_path / "packed"
    static.mkdir()
    monkeypatch.setattr(paths, "static", lambda: static)
    monkeypatch.setattr(paths, "packed", lambda: packed)

    def pack(text: str) -> str:
        (static / "app.css").write_text(text)
        (static / "same.css").write_text("body {}")
        files.marked.cache_clear()
        assets.pack()
        return files.mark_of(text.encode())

    def there() -> set[str]:
        return {one.name for one in packed.iterdir() if one.is_dir()}

    same = files.mark_of(b"body {}")
    first = pack("a {}")
    assert there() == {first, same}
    second = pack("b {}")
    assert there() == {first, second, same}
    assert pack("b {}") == second, "twice the same is one generation"
    assert there() == {first, second, same}
    third = pack("c {}")
    assert there() == {second, third, same}
    assert (packed / third / "app.css").read_text() == "c {}"
    files.marked.cache_clear()
