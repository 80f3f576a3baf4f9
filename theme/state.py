"""What parts of the theme note on Sphinx's application and environment while a build goes on."""

from collections.abc import Callable, Mapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from live.layout import Layout
from manuscript.contents import TakenOut
from runner.runs import Run

Context = dict[str, Any]  # what a template is given
Maker = Callable[[Sphinx, str], list[nodes.Node]]  # of what stands in a place of this page
Numbers = dict[str, dict[str, dict[str, tuple[int, ...]]]]  # {page: {kind: {id: number}}}


class Environment(BuildEnvironment):
    """What is known of the pages, and kept from build to build."""

    names_taken_out: set[str]  # theme/contents.py
    numbers_in_the_book: Numbers  # theme/numbers.py


class Application(Sphinx):
    """One build."""

    env: Environment
    live_lab: Layout  # theme/doors.py
    live_layout: Layout  # theme/doors.py
    live_missing: str  # theme/doors.py
    makers_of_places: Mapping[str, Maker]  # theme/made_here.py
    numbers_shown: Numbers  # theme/numbers.py
    stopped_runs: list[Run]  # theme/notebooks.py
    taken_out: TakenOut  # theme/contents.py
