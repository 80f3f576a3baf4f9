"""Lay out what a reader's browser asks for, as the folder `python/` of the site.

A changed file gets another name, or stands in a folder of another name, so that no browser takes an
old one for it; what has not changed keeps its name, and is not sent again.
"""

import gzip
import hashlib
import io
import json
import shutil
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.depends import PACKAGES

from .editor import named_by_files
from .sources import of_door

FOLDER, LAB_FOLDER = "python", "live"  # of the site; the second is laid out by lab.py
PAGE = Path(__file__).with_name("page")
INSIDE = Path(__file__).with_name("inside")
LICENCES = Path(__file__).with_name("licences.txt")
TIMES = Path(__file__).with_name("times.json")  # `python -m bench.in_browser --write` writes it
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
OURS = "price-of-a-wrong-guess"
LEFT_OUT = {"pytz", "fonttools"}  # sources.toml says why
KINDS = {".py", ".mjs", ".css", ".npz", ".csv", ".gz", ".md", ""}  # of files that a package holds
MADE = (1980, 1, 1, 0, 0, 0)  # the day of all files in our wheel: the same files, the same bytes


@dataclass(frozen=True)
class Layout:
    """The files of a folder of the site, by their paths in it, and what its pages must know."""

    files: Mapping[str, bytes | Path]
    settings: Mapping[str, Any]
    folder: str = FOLDER

    def write(self, site: Path, keep: Sequence[str] = ()) -> None:
        """Write the folder into the site, and take out what an older build has left in it."""
        folder = site / self.folder
        for old in [path for path in folder.rglob("*") if path.is_file()]:
            if old.relative_to(folder).as_posix() not in (*self.files, *keep):
                old.unlink()
        for name, content in self.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                if not (target.exists() and target.stat().st_size == content.stat().st_size):
                    shutil.copyfile(content, target)
            else:
                target.write_bytes(content)
        for empty in sorted(folder.rglob("*"), reverse=True):
            if empty.is_dir() and not any(empty.iterdir()):
                empty.rmdir()


def layout(root: Path, gathered: Mapping[str, Path], notebooks: Mapping[str, Path]) -> Layout:
    """Return the layout for these files from elsewhere, and these chapters."""
    gathered = of_door("page", gathered)
    core = f"pyodide-{short(*(gathered[name].name.encode() for name in CORE))}"
    files: dict[str, bytes | Path] = {f"{core}/{name}": gathered[name] for name in CORE}

    wheels = {name: path for name, path in gathered.items() if name.endswith(".whl")}
    files |= {f"wheels/{name}": path for name, path in wheels.items()}
    own = book_wheel(root)
    own_name = f"{OURS.replace('-', '_')}-{version(root)}+{short(own)}-py3-none-any.whl"
    files[f"wheels/{own_name}"] = own
    lock = trimmed(json.loads(gathered[LOCK].read_text("utf-8")), wheels, own_name, own)
    written = json.dumps(lock, indent=1, sort_keys=True).encode()
    lock_name = f"wheels/lock-{short(written)}.json"
    files[lock_name] = written

    parts = page_parts(gathered)
    page = f"page-{short(*parts.values())}"
    files |= {f"{page}/{name}": content for name, content in parts.items()}
    files[LICENCES.name] = LICENCES.read_bytes()

    cells = {}
    for name, path in notebooks.items():
        content = json.dumps(cells_of(path), ensure_ascii=False).encode()
        cells[name] = f"cells/{name}-{short(content)}.json"
        files[cells[name]] = content
    names = [f"{core}/{name}" for name in CORE] + [f"wheels/{name}" for name in (*wheels, own_name)]
    sent = {name.rpartition("/")[2]: _read(files[name]) for name in names}
    settings = {
        "core": f"{core}/",
        "lock": lock_name,
        "page": f"{page}/",
        "packages": sorted(lock["packages"]),
        "cells": cells,
        "bytes": {name: len(content) for name, content in sent.items()},
        "weight": weight([*sent.values(), written, *parts.values()]),
    }
    return Layout(files, settings)


def times() -> dict[str, float]:
    """Return {chapter: seconds} that all cells have taken on its page, on one free processor."""
    return json.loads(TIMES.read_text("utf-8"))


def weight(contents: Sequence[bytes]) -> dict[str, int]:
    """Return the bytes that a server sends of these files: as they are, and where it packs them."""
    packed = sum(min(len(one), len(gzip.compress(one, 6))) for one in contents)
    return {"plain": sum(map(len, contents)), "packed": packed}


def _read(content: bytes | Path) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content


def short(*contents: bytes) -> str:
    """Return what a name says of contents: other bytes, another name."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:10]


def page_parts(gathered: Mapping[str, Path]) -> dict[str, bytes]:
    """Return our modules and style for the page, and the editor's."""
    modules = [name for name in gathered if name.endswith(".mjs") and name not in CORE]
    ours = [path for path in sorted(PAGE.iterdir()) if path.suffix in (".mjs", ".css")]
    parts = {path.name: path.read_bytes() for path in ours}
    for name in modules:
        text = gathered[name].read_text("utf-8")
        parts[f"editor/{name}"] = named_by_files(text, modules).encode()
    return parts


def cells_of(path: Path) -> dict[str, Any]:
    """Return what the page must know of a notebook: its code cells, in their order."""
    notebook = json.loads(path.read_text("utf-8"))
    cells = [
        {"id": cell["id"], "source": "".join(cell["source"])}
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    return {"cells": cells}


def trimmed(
    lock: dict[str, Any], wheels: Mapping[str, Path], own_name: str, own: bytes
) -> dict[str, Any]:
    """Return Pyodide's lock with our wheels alone: it checks each one's sha256 once more."""
    packages = {}
    for name, known in lock["packages"].items():
        if known["file_name"] in wheels:
            needs = [one for one in known["depends"] if one not in LEFT_OUT]
            packages[name] = {**known, "depends": needs}
    for file in wheels:
        name, number = file.split("-")[:2]
        if file not in {known["file_name"] for known in packages.values()}:
            packages[name] = entry(name, number, file, wheels[file].read_bytes(), [])
    needs = sorted(packages)
    packages[OURS] = entry(OURS, own_name.split("-")[1], own_name, own, needs)
    return {**lock, "packages": packages}


def entry(name: str, number: str, file: str, content: bytes, needs: list[str]) -> dict[str, Any]:
    """Return what a lock says of a wheel."""
    return {
        "name": name,
        "version": number,
        "file_name": file,
        "sha256": hashlib.sha256(content).hexdigest(),
        "depends": needs,
        "imports": [],
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }


# ---- the wheel of the book ---------------------------------------------------------------------


def version(root: Path) -> str:
    """Return the version of the book's code."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def book_wheel(root: Path) -> bytes:
    """Return a wheel of what chapters import, and of what runs their cells."""
    contents = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for package in PACKAGES
        for path in sorted((root / package).rglob("*"))
        if path.is_file() and _belongs(path.relative_to(root))
    }
    contents |= {f"live/inside/{path.name}": path.read_bytes() for path in INSIDE.glob("*.py")}
    contents["live/__init__.py"] = b'"""What runs in the reader\'s browser: live.inside."""\n'
    return wheel_of(OURS, version(root), contents)


def _belongs(path: Path) -> bool:
    return path.suffix in KINDS and not {"__pycache__", "node_modules"} & set(path.parts)


def wheel_of(package: str, number: str, contents: Mapping[str, bytes]) -> bytes:
    """Return a wheel with these files: the same bytes whenever it is made."""
    about = f"{package.replace('-', '_')}-{number}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {package}\nVersion: {number}\n"
    kind = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {**contents, f"{about}/METADATA": head.encode(), f"{about}/WHEEL": kind.encode()}
    record = "".join(f"{name},,\n" for name in (*sorted(files), f"{about}/RECORD"))
    files[f"{about}/RECORD"] = record.encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, MADE)
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name], zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()
