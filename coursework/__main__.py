"""`python -m coursework`."""

import sys

from coursework.command import main

if __name__ == "__main__":
    sys.exit(main())
