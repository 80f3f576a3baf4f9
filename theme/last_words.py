"""What a build says at its end: how to read the site from a server, not from a file.

Jupyter Book advises to open a file. There a browser gives the page none of its modules, and no
figure moves. Its advice is no setting, so the function that prints it gets another text.
"""

import os
import sys
from typing import Any

from sphinx.application import Sphinx

ADVICE = "by opening this file in a browser"


def last_words(folder: str) -> str:
    """Return what replaces the advice."""
    serve = f"python -m http.server --bind 127.0.0.1 --directory {folder}"
    return f"The site is in {folder}. To read it: make serve (without make: {serve})"


def _replace_advice(app: Sphinx, exception: Exception | None) -> None:
    program: Any = sys.modules.get("jupyter_book.cli.main")
    if program is None or exception is not None or app.builder.format != "html":
        return
    say = program._message_box

    def say_it_otherwise(message: str, *args: Any, **kwargs: Any) -> None:
        if ADVICE in message:
            print("\n" + last_words(os.path.relpath(app.outdir)))
        else:
            say(message, *args, **kwargs)

    program._message_box = say_it_otherwise


def setup(app: Sphinx) -> None:
    """Replace the advice at the end of a build by Jupyter Book's command."""
    app.connect("build-finished", _replace_advice)
