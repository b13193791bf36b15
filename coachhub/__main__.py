"""``python -m coachhub`` is the command line."""

from coachhub.cli import main

if __name__ == "__main__":
    main()
