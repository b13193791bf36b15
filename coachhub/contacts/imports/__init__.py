"""An address book on its way in: staged, looked at, taken, and undone if it was the wrong one."""
