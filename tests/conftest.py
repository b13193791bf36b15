"""What every test has: real parts on this machine, and no way out to any other."""

from pathlib import Path

from hypothesis import settings

from coachhub.core import hooks
from network_guard import close_the_door

pytest_plugins = [path.stem for path in sorted(Path(__file__).parent.glob("fixtures_*.py"))]
pytest_plugins += ["long_tests"]

close_the_door()

# The same examples in each run: what passed once passes again, and what fails is found again. No
# test asks for speed.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")

# A busy machine makes nobody's plugin slow; what a slow one meets has a test of its own.
hooks.SLOW = 60.0
