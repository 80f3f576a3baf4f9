"""Begin: what the worker calls once, and what it calls for each message from the page."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from . import messages, widgets
from .cells import Cells


class Inside:
    """Python as the worker sees it: it is handed texts, and hands texts to `send`."""

    def __init__(self, send: Callable[[str], object]) -> None:
        os.environ["MPLBACKEND"] = "module://live.inside.backend"
        messages.connect(send)
        self.cells = Cells()
        widgets.stand_in(self.cells)
        self.cells.begin()
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        messages.tell("ready", python=version)

    def take(self, text: str) -> None:
        """Do what a message from the page asks."""
        message: dict[str, Any] = json.loads(text)
        if message["kind"] == "run":
            well = self.cells.run(message["cell"], message["number"], message["source"])
            messages.tell("done", cell=message["cell"], well=well)
        elif message["kind"] == "set":
            widgets.from_page(message["name"], message["values"])
