"""A copy of the book as a clone has it, and what tests do with one: git, and Python in it."""

import os
import shutil
import subprocess
import sys

from manuscript.pages import ROOT


def git(folder, *arguments):
    """Run git in `folder`, as somebody whose name it need not know; return what it prints."""
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    return subprocess.check_output(["git", *identity, *arguments], cwd=folder, text=True)


def copy_of_the_book(folder):
    """Copy what git tracks, and what it would if asked, into `folder`; return it."""
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def python(folder, *arguments, **environment):
    """Run Python with the modules of the book in `folder`; return what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout
