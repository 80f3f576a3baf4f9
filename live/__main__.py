"""`python -m live`: get the files from elsewhere into the cache, and say how much they are."""

import sys
from pathlib import Path

from .sources import CACHE, NotToBeHadError, RefusedError, gather

if __name__ == "__main__":
    try:
        found = gather(Path(__file__).parents[1] / CACHE)
    except (NotToBeHadError, RefusedError) as error:
        sys.exit(f"Python for the page is not to be had: {error}")
    size = sum(path.stat().st_size for path in found.values()) / 2**20
    print(f"Python for the page: {len(found)} files, {size:.1f} MB, each with its sha256")
