"""The other Pythons at hand that the book supports, newest first: `python -m runner.pythons`."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SUPPORTED = [(3, minor) for minor in (14, 13, 12, 11)]


def others() -> Iterator[str]:
    """Yield a program for each supported version that is not this one's and can make a venv."""
    for version in SUPPORTED:
        if version != sys.version_info[:2]:
            yield from list(_of(version))[:1]


def _of(version: tuple[int, int]) -> Iterator[str]:
    name = "python{}.{}".format(*version)
    kept = Path.home().glob(".pyenv/versions/{}.{}.*/bin/python3".format(*version))
    candidates = [shutil.which(name), *map(str, kept)]
    yield from (path for path in candidates if path and version_of(path) == version)


def version_of(python: str) -> tuple[int, int] | None:
    """Return the version of a Python; None where it does not start or lacks what a venv needs."""
    code = "import ensurepip, ssl, sys; print(*sys.version_info[:2])"
    try:
        found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    major, minor = found.stdout.split()
    return int(major), int(minor)


if __name__ == "__main__":
    print("\n".join(others()))
