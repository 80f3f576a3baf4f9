"""Run every notebook under many configurations and compare what they print: `make machines`.

    python -m runner.matrix                    all configurations that this machine can play
    python -m runner.matrix lowest avx2        these
    python -m runner.matrix --list             name them, and run nothing
    python -m runner.matrix --against FOLDER --asked lowest
                                               run nothing: FOLDER holds runs that somebody else has
                                               made, under the configuration "lowest"; compare them

A configuration is a kernel of OpenBLAS, a level of NumPy's SIMD, a number of threads and a Python.
Each run is asked what it really computed with, and a configuration that is not what was asked for
fails. Compared is every text that a cell prints, with this machine as it is; cells tagged `chaotic`
may differ. A table names the first cell that does.

PYTHONS names further Pythons, in whose environments the book is installed: each runs the lowest
configuration too (PYTHONS=_build/python3.13/bin/python).
"""

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from manuscript.pages import CHAOTIC, ROOT, notebooks
from runner import machine
from runner.machine import SIMD
from runner.pool import THREAD_VARIABLES, Say, last_lines, run_stale
from runner.pythons import version_of
from runner.runs import Runs, printed

BASIS = "as-is"
DIFFERS, STOPPED = "differs", "stopped"
REPORTED = {"Prescott": "Katmai"}  # how OpenBLAS reports a kernel, where it is not by its name


@dataclass(frozen=True)
class Configuration:
    """What to run the notebooks with; None is as the machine has it."""

    name: str
    kernel: str | None = None
    simd: str | None = None  # the highest level that is left on; "" leaves the baseline alone
    threads: int = 1  # 0: whatever it is
    python: str = field(default=sys.executable)

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that ask for it."""
        wanted = dict.fromkeys(THREAD_VARIABLES, str(self.threads))
        if self.kernel:
            wanted["OPENBLAS_CORETYPE"] = self.kernel
        if self.simd is not None:
            # Each level by its name, for those above one that is off stay on; but none that the
            # processor lacks, of which NumPy would warn.
            off = [level for level in _above(self.simd) if level in _here()["simd"]]
            wanted["NPY_DISABLE_CPU_FEATURES"] = " ".join(off)
        return wanted

    def missing(self, found: Mapping[str, Any]) -> list[str]:
        """Return what the machine that has run (`runner.machine.describe`) was not asked to be."""
        problems = []
        kernels = found["kernels"]
        if self.kernel and kernels != [REPORTED.get(self.kernel, self.kernel)]:
            problems.append(f"OpenBLAS ran {kernels}, asked for {self.kernel}")
        too_high = [level for level in _above(self.simd) if level in found["simd"]]
        if too_high:
            problems.append(f"NumPy ran with {too_high}, which were to be off")
        if self.simd and self.simd not in found["simd"]:
            problems.append(f"NumPy ran without {self.simd}")
        if self.threads and found["threads"] not in (self.threads, None):
            problems.append(f"BLAS ran {found['threads']} threads, asked for {self.threads}")
        return problems


def _above(level: str | None) -> list[str]:
    """Return the levels above this one: none if it is not asked for, all above the baseline."""
    if level is None:
        return []
    return list(SIMD[SIMD.index(level) + 1 :] if level else SIMD)


# What real machines are like: Prescott and Nehalem are OpenBLAS' kernels without AVX, Haswell's is
# that of every AMD processor since Zen. An unknown name would silently be another kernel.
X86 = (
    Configuration(BASIS),
    Configuration("as-is-2-threads", threads=2),
    Configuration("avx512-server", "SkylakeX", "X86_V4"),
    Configuration("avx2", "Haswell", "X86_V3"),
    Configuration("avx2-2-threads", "Haswell", "X86_V3", threads=2),
    Configuration("avx", "Sandybridge", ""),
    Configuration("lowest", "Nehalem", ""),
    Configuration("sse3-2-threads", "Prescott", "", threads=2),
)
ELSEWHERE = (Configuration(BASIS), Configuration("as-is-2-threads", threads=2))


@cache
def _here() -> dict[str, Any]:
    return machine.describe()


def playable(pythons: Iterable[str] = ()) -> list[Configuration]:
    """Return the configurations that this machine can play, those of further Pythons last.

    What needs more than the processor has is left out; it would die of an illegal instruction.
    """
    x86 = platform.machine().lower() in ("x86_64", "amd64")
    found = [c for c in (X86 if x86 else ELSEWHERE) if not c.simd or c.simd in _here()["simd"]]
    lowest = next((c for c in found if c.name == "lowest"), found[0])
    for python in pythons:
        version = version_of(python)
        if version is None:
            raise SystemExit(f"PYTHONS names {python}, which does not run")
        name = "lowest-python{}.{}".format(*version)
        found.append(Configuration(name, lowest.kernel, lowest.simd, 1, python))
    return found


def first_difference(one: NotebookNode, other: NotebookNode) -> str | None:
    """Return the id of the first cell that prints other text in `other`, None if there is none."""
    for mine, theirs in zip(one.cells, other.cells, strict=True):
        chaotic = CHAOTIC in mine.metadata.get("tags", [])
        if mine.cell_type == "code" and not chaotic and printed(mine) != printed(theirs):
            return mine.id
    return None


@dataclass(frozen=True)
class Column:
    """One configuration of the table: a verdict for each notebook, and what was not as asked."""

    name: str
    verdicts: Mapping[str, str]  # {notebook: "=" or what is wrong}
    problems: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Tell whether all notebooks print the same and the configuration was as asked."""
        return not self.problems and set(self.verdicts.values()) <= {"="}


def compare(asked: Configuration, basis: Runs, runs: Runs, notebooks: Iterable[Path]) -> Column:
    """Return the verdicts on `runs`, which were made under `asked`, beside the basis."""
    verdicts, problems = {}, []
    for path in notebooks:
        one, other = basis.run_of(path), runs.run_of(path)
        if other.stopped:
            verdicts[path.stem] = f"{STOPPED} at {other.stopped['cell']}"
        else:
            cell = first_difference(one.joined(), other.joined())
            verdicts[path.stem] = f"{DIFFERS} at {cell}" if cell else "="
        found = other.record["machine"]
        problems += asked.missing(found) if found else []
    return Column(asked.name, verdicts, tuple(dict.fromkeys(problems)))


def table(columns: list[Column]) -> Iterator[str]:
    """Yield the lines of the table notebook × configuration, and what stands below it."""
    names = list(columns[0].verdicts)
    width = max(map(len, names))
    yield "  ".join([" " * width, *(column.name for column in columns)])
    for name in names:
        cells = (_short(column.verdicts[name]).ljust(len(column.name)) for column in columns)
        yield "  ".join([name.ljust(width), *cells]).rstrip()
    for column in columns:
        for name, verdict in column.verdicts.items():
            if verdict != "=":
                yield f"{column.name}: {name} {verdict}"
        for problem in column.problems:
            yield f"{column.name}: NOT AS ASKED: {problem}"


def _short(verdict: str) -> str:
    return verdict.partition(" ")[0]


def main(arguments: list[str] | None = None) -> int:
    """Run and compare; return 1 where something differs or was not as asked."""
    parser = argparse.ArgumentParser(prog="python -m runner.matrix")
    parser.add_argument("names", nargs="*", help="configurations; without any, all")
    parser.add_argument("--list", action="store_true", help="name the configurations")
    parser.add_argument("--against", type=Path, help="a folder of runs made elsewhere")
    parser.add_argument("--asked", default="elsewhere", help="the configuration of these runs")
    parser.add_argument("--root", type=Path, default=ROOT, help="the folder of _toc.yml")
    options = parser.parse_args(arguments)
    known = {c.name: c for c in playable(os.environ.get("PYTHONS", "").split())}
    if options.list:
        print("\n".join(map(_listed, known.values())))
        return 0
    unknown = set(options.names) - set(known)
    if unknown:
        parser.error(f"no configuration {sorted(unknown)} here; there are {list(known)}")
    root = options.root.resolve()
    paths = notebooks(root)
    basis, say = Runs.of(root), partial(print, flush=True)
    stopped = run_stale(basis, paths, say, environment=known[BASIS].environment)
    if stopped:
        print("\n".join(last_lines(stopped, len(paths))))
        return 1
    if options.against:
        runs = _runs_made_elsewhere(root, options.against.resolve())
        columns = [compare(_asked(options.asked), basis, runs, paths)]
    else:
        chosen = [known[name] for name in known if name in options.names or not options.names]
        columns = [_play(configuration, basis, paths, say) for configuration in chosen]
    print("\n".join(["", *table(columns)]))
    return int(not all(column.good for column in columns))


def _listed(configuration: Configuration) -> str:
    asked = " ".join(f"{name}={value!r}" for name, value in configuration.environment.items())
    return f"{configuration.name}: {asked} {configuration.python}"


def _asked(name: str) -> Configuration:
    """Return the configuration of that name; of another name, one that asks for nothing."""
    return {c.name: c for c in X86}.get(name) or Configuration(name, threads=0)


def _runs_made_elsewhere(root: Path, folder: Path) -> Runs:
    found = next(folder.rglob("*.ipynb"), None)
    if found is None:
        raise SystemExit(f"{folder} holds no runs")
    run = Runs(root, folder).run_of(root / found.relative_to(folder))
    major, minor, *_ = run.record["machine"]["python"].split(".")
    return Runs(root, folder, (int(major), int(minor)))


def _play(asked: Configuration, basis: Runs, notebooks: list[Path], say: Say) -> Column:
    """Run all notebooks under one configuration, anew, and compare them."""
    if asked.name == BASIS:
        return compare(asked, basis, basis, notebooks)
    say(f"\n{asked.name}")
    folder = basis.root / "_build" / "machines" / asked.name
    shutil.rmtree(folder, ignore_errors=True)
    runs = Runs(basis.root, folder, version_of(asked.python) or machine.python_version())
    run_stale(runs, notebooks, say, environment=asked.environment, python=asked.python)
    return compare(asked, basis, runs, notebooks)


if __name__ == "__main__":
    sys.exit(main())
