"""A plugin's folder that was deleted by hand: a sentence that says how to mend it, no trace."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from coachhub import cli
from coachhub.core import plugins


def test_a_folder_that_is_gone_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed = plugins.entry_points(group=plugins.GROUP)
    lost = EntryPoint("lost", "coachhub_lost:plugin", plugins.GROUP)
    monkeypatch.setattr(plugins, "entry_points", lambda **_group: EntryPoints([*installed, lost]))
    monkeypatch.setattr(sys, "argv", ["coachhub", "plugin", "list"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("coachhub: A plugin is installed, but its folder is gone")
    assert "plugins/coachhub_lost." in told.err
    assert "`coachhub plugin remove lost`" in told.err
    assert told.err.count("\n") == 1
