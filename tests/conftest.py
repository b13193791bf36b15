"""What every test has: real parts on this machine, and no way out to any other."""

import importlib.util

from network_guard import close_the_door

pytest_plugins = [
    "fixtures_database",
    "fixtures_mail",
    "fixtures_browser",
]
# The rooms' fixtures stand on these and need the whole app.
pytest_plugins += [
    name
    for name in (
        "fixtures_server",
        "fixtures_app",
        "fixtures_introductions",
        "fixtures_circle",
        "fixtures_board_posts",
        "fixtures_matching",
        "fixtures_rounds",
    )
    if importlib.util.find_spec(name)
]

close_the_door()
