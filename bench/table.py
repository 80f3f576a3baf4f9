"""The bench table: measured, printed, and stored for the page "How fast lib is".

    python -m bench.table              measure and print; exits 1 where a limit is missed
    python -m bench.table measures     the rows of bench/measures.py alone
    python -m bench.table --write      measure everything, store it, and write book/speed.md
    python -m bench.table vae --write  the same for these rows alone, on the machine of the others
    python -m bench.table --page       write book/speed.md anew from what is stored

New rows: a module in bench/ with a function `rows() -> list[Row]` (see bench/timing.py), its name
in MODULES, then --write. Nothing is stored while a limit is missed or a peer is not installed.
"""

import json
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path

from bench.timing import AS_FAST, OF_ITS_TIME, ROUNDS, SLICE, Row

MODULES = {  # in this order, under these headings
    "measures": "Entropy and divergences",
    "logits": "The loss of a classifier",
    "coder": "The arithmetic coder",
    "vae": "A model trained by hand",
}
KL = "KL, 10⁶ outcomes"
PEERS = ("numpy", "scipy", "scikit-learn", "torch", "dit", "constriction")
ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "bench" / "table.json"
PAGE = ROOT / "book" / "speed.md"

HEAD = """\
# How fast lib is

% Written by bench/table.py from bench/table.json; to measure again: python -m bench.table --write

Every function of `lib` checks its arguments, allows zeros and takes its outcomes on any axis. What
does that cost? The tables set it beside the libraries that you would use instead; 4× means that
`lib` is 4 times as fast as the one named there. "Asked for" is the limit that it has to keep. Where
nothing was asked for, and where another library is faster, the row stands here all the same.

The KL divergence of 10⁶ outcomes takes {kl} times as long as a bare `np.log` of as many numbers:
one logarithm for each, and then a division, three sums and the search for what is no probability.
"""

MEASURED = """\
## How it was measured

- Both sides run in one process, on the same arrays of float64, on one thread, with the checks of
  their arguments switched on, as you have them.
- They take turns: in each of {rounds} rounds every call is repeated for about {slice:.0f} ms. A
  ratio is the median of the ratios of the rounds, so that what else the machine does meets both.
- Counted is processor time; for the coder, the best of 5 runs.
- "Bare loop" is the time of `lib` over that of `np.log` (for logits, `np.exp`) of an array of the
  same size: what no way to compute the measure can do without.
- Memory is the peak that Python's `tracemalloc` sees beyond the inputs.
- PyTorch's `kl_div` is handed log q, so it is spared the logarithms of q that the others take;
  scikit-learn's `log_loss` is handed the softmax.
- The training step is that of the chapter on the variational autoencoder, in float32, its gradient
  by hand. PyTorch has autograd and its fused AdamW, and its decoder in three layouts.
- constriction is written in Rust and codes the whole text in one call. It has no model that learns:
  beside the adaptive one, its caller makes a new model for each symbol.
- {machine}, {cores} cores; Python {python}, {packages}; {date}, load of the machine {load}.

`make bench` measures all of it on your machine, and says where a limit is missed.
"""


def measure(names: list[str]) -> dict[str, list[Row]]:
    """Return the rows of these modules of bench/."""
    return {name: import_module(f"bench.{name}").rows() for name in names}


def about() -> dict[str, object]:
    """Return on what was measured."""
    return {
        "machine": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {name: found for name in PEERS if (found := _version(name))},
        "date": datetime.now(UTC).date().isoformat(),
        "load": round(os.getloadavg()[1], 1),
        "rounds": ROUNDS,
        "slice": 1000 * SLICE,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


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


def bare(row: Row) -> str:
    """Return how close lib is to a bare loop over the same array."""
    return "" if row.bare is None else f"{row.bare:.1f} × {row.loop}"


def printed(rows: list[Row]) -> str:
    """Return the rows as text for a terminal."""
    columns = "{:44} {:32} {:>32} {:>32} {:>9} {:>13}{}".format
    lines = [columns("", "beside", "asked for", "measured", "lib", "bare loop", "")]
    for row in rows:
        late = "" if row.met else "  MISSED"
        cells = limit(row), result(row), time_of(row), bare(row)
        lines.append(columns(row.task, row.peer, *cells, late))
    return "\n".join(lines)


def markdown(stored: dict) -> str:
    """Return the page from what is stored."""
    kl = next(row["bare"] for row in stored["rows"]["measures"] if row["task"] == KL)
    parts = [HEAD.format(kl=f"{kl:.1f}")]
    for name, heading in MODULES.items():
        rows = [Row(**row) for row in stored["rows"][name]]
        parts.append(f"## {heading}\n\n{_table(rows)}\n")
    facts = dict(stored["about"])
    facts["packages"] = ", ".join(f"{name} {number}" for name, number in facts["packages"].items())
    parts.append(MEASURED.format(**facts))
    return "\n".join(parts)


def _table(rows: list[Row]) -> str:
    """Return rows as a Markdown table: a line for each task, and one below for each peer."""
    lines = [["task, and beside whom", "asked for", "measured", "`lib`", "bare loop"], ["---"] * 5]
    for task, group in groupby(rows, key=lambda row: row.task):
        first, *others = group
        of_task = ["", ""] if first.peer else [limit(first), result(first)]
        lines.append([f"**{task}**", *of_task, time_of(first), bare(first)])
        compared = [first, *others] if first.peer else others
        lines += [[row.peer, limit(row) or "–", result(row), "", ""] for row in compared]
    used = [n for n in range(5) if n < 3 or any(line[n] for line in lines[2:])]
    unbroken = [[line[0], *(line[n].replace(" ", "\u00a0") for n in used[1:])] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in unbroken)


def main(arguments: list[str]) -> int:
    """Measure and print; store and write the page if asked to."""
    if arguments == ["--page"]:
        PAGE.write_text(markdown(json.loads(STORED.read_text("utf-8"))), "utf-8")
        return 0
    write = "--write" in arguments
    names = [a for a in arguments if a in MODULES] or list(MODULES)
    kept = json.loads(STORED.read_text("utf-8")) if write and set(names) != set(MODULES) else None
    measured = measure(names)
    rows = [row for name in names for row in measured[name]]
    print(printed(rows))
    problems = list(missed(rows))
    absent = [package for package in PEERS if _version(package) is None]
    problems += [f"{package} is not installed, and so not compared" for package in absent if write]
    new = {"about": about(), "rows": {n: [r._asdict() for r in measured[n]] for n in names}}
    if kept is not None:
        same = ("machine", "cores", "python", "packages", "rounds", "slice")
        if any(kept["about"][fact] != new["about"][fact] for fact in same):
            problems.append("the other rows were measured with something else: measure all of them")
        new = {"about": kept["about"], "rows": kept["rows"] | new["rows"]}
    print("\n".join(problems))
    if write and not problems:
        stored = {"about": new["about"], "rows": {n: new["rows"][n] for n in MODULES}}
        STORED.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
        PAGE.write_text(markdown(stored), "utf-8")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
