"""`python -m dupedash`: see `dupedash.cli`."""

import sys

from dupedash.cli import main

if __name__ == "__main__":
    sys.exit(main())
