"""The bench table: measured, printed, and stored for the page "How fast lib is".

    python -m bench.table              measure and print; exits 1 where a limit is missed
    python -m bench.table measures     the rows of bench/measures.py alone
    python -m bench.table --write      measure everything, store it, and write book/speed.md
    python -m bench.table vae --write  the same for these rows alone, on the machine of the others
    python -m bench.table --page       write book/speed.md anew from what is stored

The table has a column without AVX-512 and one with. A processor that has it measures both, each in
a process of its own, and plays the first; one that has not measures the first, and the other column
keeps the values it has, with the processor and the day that they are of.

New rows: a module in bench/ with a function `rows() -> list[Row]` (see bench/timing.py), its name
in MODULES, then --write. Nothing is stored while a limit is missed or a peer is not installed.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import machine
from bench.machine import LEVELS
from bench.measures import NAIVE
from bench.timing import AS_FAST, OF_ITS_TIME, ROUNDS, SLICE, Row, optional
from runner.machine import describe

MODULES = {  # in this order, under these headings
    "measures": "Entropy and divergences",
    "logits": "The loss of a classifier",
    "coder": "The arithmetic coder",
    "vae": "A model trained by hand",
}
KL, KL_SHORT, KL_TEN = "KL, 10⁶ outcomes", "KL, 10³ outcomes", "KL, 10 outcomes"
PEERS = ("numpy", "scipy", "scikit-learn", "torch", "dit", "constriction")
ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "bench" / "table.json"
PAGE = ROOT / "book" / "speed.md"
Column = dict[str, list[Row]]  # the rows of each module at one level

HEAD = """\
# How fast lib is

% Written by bench/table.py from bench/table.json; to measure again: python -m bench.table --write

Every function of `lib` checks its arguments, probabilities may be 0, and entropy, cross-entropy and
the divergences of two pmfs, all but Wasserstein's, take their outcomes on any axis. What does that
cost? The tables set it beside the libraries that you would use instead; 4× means that `lib` is 4
times as fast as the one named there. "Asked for" is the limit that it has to keep. Where nothing
was asked for, and where another library is faster, the row stands here all the same.

How much faster depends on the processor. With AVX-512 NumPy takes a logarithm in a third of the
time and most other libraries don't, so from 10³ outcomes on most ratios to them are larger there.
Apple's processors, AMD's before Zen 4 and Intel's for consumers from Alder Lake (end of 2021) to
Arrow Lake have no AVX-512: if yours is one of them, read the column "without". What is ours is
better seen beside `np.log` of as many numbers, which no way to compute the measure can do without:
the KL divergence of 10⁶ outcomes takes {kl[0]} times as long without AVX-512 and {kl[1]} times
with it.

The line `{naive}` checks nothing. Of its time `lib` takes {million[0]} on 10⁶ outcomes without
AVX-512 ({million[1]} with it), since it works in parts that stay in the cache, {thousand[0]}
({thousand[1]}) on 10³ and {ten[0]} ({ten[1]}) on 10. That is what the checks cost.
"""

MEASURED = """\
## How it was measured

{columns}
- Both sides run in one process, on arrays of float64 (the same ones, but for the short pmfs below),
  on one thread, with the checks of their arguments switched on, as you have them.
- They take turns: in each of {rounds} rounds every call is repeated for about {slice:.0f} ms. A
  ratio is the median of the ratios of the rounds, so that what else the machine does meets both.
- Counted is processor time; for the coder, the best of 5 runs of 200,000 symbols. Where
  constriction needs a new model for each symbol, it is the best of 2 runs of the first 20,000.
- "× np.log" is the time of `lib` over that of `np.log` of an array of the same size, for logits
  "× np.exp" over that of `np.exp`.
- In the rows of KL with 10 and 10³ outcomes, and of JS with 10³, each side but dit and `np.log` has
  64 different pairs of its own, in turn. On one and the same pair a processor learns the branches
  of SciPy's `rel_entr` by heart, which halves its time.
- A column that is played on a processor with AVX-512 is a process in which NumPy, OpenBLAS and
  PyTorch (with MKL and oneDNN in it) are told to do without. This is unfair to none of them: SciPy,
  which cannot be told, takes no AVX-512 for its logarithms anyway, and its `rel_entr` and
  `jensenshannon` need the same time in both columns.
- Memory is the peak that Python's `tracemalloc` sees beyond the inputs.
- PyTorch's `kl_div` is handed log q, whose time is not counted; it takes one logarithm an outcome,
  that of p, as the others take that of p/q. scikit-learn's `log_loss` is handed the softmax.
- The training step is that of the chapter on the variational autoencoder, in float32, its gradient
  by hand. PyTorch has autograd and its fused AdamW, and its decoder in three layouts.
- constriction is written in Rust and codes the whole text in one call. It has no model that learns:
  beside the adaptive one, its caller makes a new model for each symbol.

`make bench` measures all of it on your machine, and says where a limit is missed.
"""

OF_COLUMN = """\
- {level} AVX-512: {machine}, {cores} cores, {played}NumPy with {features}, OpenBLAS on its {kernel}
  kernel; Python {python}, {packages}; {date}, load of the machine {load}.\
"""


def measure(names: list[str], level: str) -> dict:
    """Return what is measured of these modules in a process at this level: about, and rows."""
    played = level != machine.level()
    environment = machine.without_avx512() if played else dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "column.json"
        command = [sys.executable, "-m", "bench.table", "--column", level, str(path), *names]
        subprocess.run(command, env=environment, cwd=ROOT, check=True)
        column = json.loads(path.read_text("utf-8"))
    column["about"]["played"] = played
    return column


def _measure_here(level: str, path: str, *names: str) -> None:
    """Measure in this process, which has to be at this level, and write the result to a file."""
    wrong = machine.not_as_asked(level, optional("torch"))
    if wrong:
        sys.exit(f"The column {level} AVX-512 cannot be measured: {wrong}.")
    rows = {name: [r._asdict() for r in import_module(f"bench.{name}").rows()] for name in names}
    column = {"about": about(), "rows": rows}
    Path(path).write_text(json.dumps(column, ensure_ascii=False), "utf-8")


def about() -> dict[str, object]:
    """Return on what was measured."""
    return {
        "machine": describe()["processor"],
        "cores": os.cpu_count(),
        "features": machine.features(),
        "kernel": machine.kernel(),
        "python": platform.python_version(),
        "packages": {name: found for name in PEERS if (found := _version(name))},
        "date": datetime.now(UTC).date().isoformat(),
        "load": round(os.getloadavg()[1], 1),
        "rounds": ROUNDS,
        "slice": 1000 * SLICE,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def missed(rows: list[Row]) -> Iterator[str]:
    """Yield a sentence for each limit that is not met."""
    for row in rows:
        if not row.met:
            beside = f" beside {row.peer}" if row.peer else ""
            yield f"{row.task}{beside}: {result(row)}, asked for {limit(row)}"


def result(row: Row) -> str:
    """Return what was measured, in words: "5.2×", "1.3× its time", "0.33 MB"."""
    return _amount(row.measured, row.unit)


def limit(row: Row) -> str:
    """Return what was asked for, in words; "" if nothing was."""
    if row.limit is None:
        return ""
    return f"{'≤' if row.at_most else '≥'} {_amount(row.limit, row.unit)}"


def _amount(x: float, unit: str) -> str:
    if unit == AS_FAST and x < 0.1:
        return f"1/{1 / x:.0f}"
    digits = f"{x:.0f}" if x >= 10 else f"{x:.2g}"
    return f"{digits}{unit}" if unit in (AS_FAST, OF_ITS_TIME) else f"{digits} {unit}"


def time_of(row: Row) -> str:
    """Return the time of lib: "5.6 µs", "1.4 ms"."""
    if row.seconds is None:
        return ""
    for size, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if row.seconds >= size:
            return f"{row.seconds / size:.3g} {unit}"
    return f"{row.seconds * 1e9:.3g} ns"


def printed(rows: list[Row]) -> str:
    """Return the rows as text for a terminal."""
    columns = "{:44} {:32} {:>24} {:>24} {:>9}{}".format
    lines = [columns("", "beside", "asked for", "measured", "lib", "")]
    for row in rows:
        late = "" if row.met else "  MISSED"
        lines.append(columns(row.task, row.peer, limit(row), result(row), time_of(row), late))
    return "\n".join(lines)


def column_of(stored: dict, level: str) -> Column:
    """Return the stored rows of a level; none where it was never measured."""
    found = stored.get(level, {"rows": {}})["rows"]
    return {name: [Row(**row) for row in found.get(name, [])] for name in MODULES}


def markdown(stored: dict) -> str:
    """Return the page from what is stored."""
    columns = [column_of(stored, level) for level in LEVELS]

    def both(task: str, peer: str) -> list[str]:
        """Return what was measured in each of the columns, as a bare number."""
        found = [_by_name(column["measures"]).get((task, peer)) for column in columns]
        return ["–" if row is None else f"{row.measured:.2g}" for row in found]

    numbers = {
        "kl": both(KL, ""),
        "million": both(KL, NAIVE),
        "thousand": both(KL_SHORT, NAIVE),
        "ten": both(KL_TEN, NAIVE),
    }
    parts = [HEAD.format(naive=NAIVE, **numbers)]
    for name, heading in MODULES.items():
        parts.append(f"## {heading}\n\n{_table([column[name] for column in columns])}\n")
    facts = [_of_column(level, stored[level]["about"]) for level in LEVELS if level in stored]
    first = next(stored[level]["about"] for level in LEVELS if level in stored)
    parts.append(
        MEASURED.format(columns="\n".join(facts), rounds=first["rounds"], slice=first["slice"])
    )
    return "\n".join(parts)


def _of_column(level: str, facts: dict) -> str:
    """Return a line on what a column was measured on."""
    words = {
        "level": level.capitalize(),
        "packages": ", ".join(f"{name} {number}" for name, number in facts["packages"].items()),
        "features": " ".join(facts["features"]),
        "played": "played as said below, " if facts["played"] else "",
    }
    return OF_COLUMN.format(**facts | words)


def _by_name(rows: list[Row]) -> dict[tuple[str, str], Row]:
    return {(row.task, row.peer): row for row in rows}


def _table(columns: list[list[Row]]) -> str:
    """Return the rows of two columns as Markdown: a line for each task, and one for each peer."""
    named = [_by_name(rows) for rows in columns]
    keys = list(dict.fromkeys(key for rows in named for key in rows))
    heads = [f"{level} AVX-512" for level in LEVELS]
    lines = [["`lib`, and beside whom", "asked for", *heads], ["---"] * 4]
    told = ""
    for key in keys:
        task, peer = key
        rows = [rows.get(key) for rows in named]
        some = next(row for row in rows if row)
        results = [result(row) if row else "–" for row in rows]
        if task != told:
            told = task
            times = [time_of(row) if row else "–" for row in rows]
            if some.seconds is None:  # the task is a number of its own: a speed, memory
                lines.append([f"**{task}**", _limits(rows), *results])
                continue
            lines.append([f"**{task}**", "", *times])
        lines.append([peer or some.unit, _limits(rows), *_without_unit(some, peer, results)])
    unbroken = [[line[0], *(cell.replace(" ", "\u00a0") for cell in line[1:])] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in unbroken)


def _without_unit(row: Row, peer: str, results: list[str]) -> list[str]:
    """Leave out the unit where the line begins with it: "1.5", not "1.5 × np.log"."""
    return results if peer else [text.removesuffix(f" {row.unit}") for text in results]


def _limits(rows: list[Row | None]) -> str:
    """Return what was asked for in both columns: once if the same, else with the column's name."""
    asked = [limit(row) if row else "" for row in rows]
    asked = [text.partition(" × ")[0] for text in asked]  # "× np.log" begins the line
    found = [f"{text} {level}" for text, level in zip(asked, LEVELS, strict=True) if text]
    there = {text for row, text in zip(rows, asked, strict=True) if row}
    return there.pop() or "–" if len(there) == 1 else ", ".join(found)


def _not_of_one_machine(stored: dict, level: str, column: dict) -> Iterator[str]:
    """Yield a sentence if the other rows of the column were measured with something else."""
    old, new = (dict(x["about"]) for x in (stored.get(level, column), column))
    for facts in (old, new):
        facts.pop("date"), facts.pop("load")
    if old != new:
        yield f"{level} AVX-512: the other rows were measured with something else: measure all"


def main(arguments: list[str]) -> int:
    """Measure and print; store and write the page if asked to."""
    if arguments[:1] == ["--column"]:
        _measure_here(*arguments[1:])
        return 0
    stored = json.loads(STORED.read_text("utf-8")) if STORED.exists() else {}
    if arguments == ["--page"]:
        PAGE.write_text(markdown(stored), "utf-8")
        return 0
    write = "--write" in arguments
    names = [a for a in arguments if a in MODULES] or list(MODULES)
    problems = []
    for level in LEVELS[: LEVELS.index(machine.level()) + 1]:
        column = measure(names, level)
        rows = [Row(**row) for name in names for row in column["rows"][name]]
        print(f"{level} AVX-512{', played' if column['about']['played'] else ''}")
        print(printed(rows))
        problems += [f"{level} AVX-512: {sentence}" for sentence in missed(rows)]
        if write and set(names) != set(MODULES):
            problems += _not_of_one_machine(stored, level, column)
            column["rows"] = stored.get(level, column)["rows"] | column["rows"]
        stored[level] = column
    absent = [package for package in PEERS if _version(package) is None]
    problems += [f"{package} is not installed, and so not compared" for package in absent if write]
    print("\n".join(problems))
    if write and not problems:
        STORED.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
        PAGE.write_text(markdown(stored), "utf-8")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
