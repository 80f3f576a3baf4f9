"""CodeMirror's modules as a browser reads them: each names the others by their files.

They are written for a packer, which finds `@codemirror/state` in a folder of its own. With the
names of files in their place a browser needs no packer, and the build no Node.
"""

import re
from collections.abc import Iterable

SPECIFIER = re.compile(r"""^((?:import|export)\b[^;'"]*?from\s+)(['"])([^'"./][^'"]*)\2""", re.M)


def file_of(package: str) -> str:
    """Return the file that a package of npm is here."""
    return f"{package.removeprefix('@').replace('/', '-')}.mjs"


def named_by_files(text: str, files: Iterable[str]) -> str:
    """Return a module in which each package is named by its file.

    Errors: LookupError for a package that is not among the files.
    """
    known = set(files)

    def rename(match: re.Match[str]) -> str:
        file = file_of(match[3])
        if file not in known:
            raise LookupError(f"a module of the editor imports {match[3]}, which is not pinned")
        return f'{match[1]}"./{file}"'

    return SPECIFIER.sub(rename, text)
