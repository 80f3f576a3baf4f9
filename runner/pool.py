"""Run the notebooks whose runs are stale, side by side: one to a core, one BLAS thread each."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filelock import FileLock

from runner.runs import Run, Runs

LIMIT = 1800.0  # seconds for one cell; a slow machine is no failure
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

HERE = Path(__file__).resolve().parents[1]  # where Python finds `runner`

Say = Callable[[str], object]


def limit() -> float:
    """Return how many seconds one cell may take: LIMIT of the environment, or half an hour.

    Raises ValueError where LIMIT is not a number of seconds.
    """
    text = os.environ.get("LIMIT", "")
    try:
        seconds = float(text) if text else LIMIT
    except ValueError:
        seconds = 0
    if seconds <= 0:
        raise ValueError(f"LIMIT is {text!r}; it wants the seconds that one cell may take: 3600")
    return seconds


def cores() -> int:
    """Return how many notebooks run side by side: JOBS of the environment, or one to a core."""
    affinity = getattr(os, "sched_getaffinity", None)
    found = len(affinity(0)) if affinity else os.cpu_count() or 1
    return int(os.environ.get("JOBS") or found)


def run_stale(
    runs: Runs,
    notebooks: Iterable[Path],
    say: Say = print,
    *,
    again: bool = False,
    environment: Mapping[str, str] | None = None,
    python: str = sys.executable,
) -> list[Run]:
    """Run what is stale (with `again`, everything); return all runs that stopped before their end.

    `environment` and `python` are those of the kernels. `say` is handed a line as each begins and
    ends. A notebook that fails stops no other.
    """
    found = [runs.run_of(notebook) for notebook in notebooks]
    todo = sorted((run for run in found if again or run.stale), key=_length, reverse=True)
    if todo:
        say(f"Running {len(todo)} of {len(found)} notebooks, {min(cores(), len(todo))} at a time")
    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(lambda run: _run_one(run, say, environment or {}, python, again), todo))
    return [run for run in map(runs.run_of, notebooks) if run.stopped]


def _length(run: Run) -> float:
    """Return about how long a run takes: the longest one first leaves no core idle at the end."""
    return run.record.get("seconds", run.notebook.stat().st_size / 1000)


def _run_one(run: Run, say: Say, environment: Mapping[str, str], python: str, again: bool) -> None:
    """Run one notebook, unless another process has done so while this one waited for it."""
    run.target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(run.target.with_suffix(".lock")):
        if again or run.runs.run_of(run.notebook).stale:
            _run_alone(run, say, environment, python)


def _run_alone(run: Run, say: Say, environment: Mapping[str, str], python: str) -> None:
    say(f"  {run.name}: begins")
    start = time.perf_counter()
    variables = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1"), **environment}
    files = run.runs.root, run.notebook, run.target
    command = [python, "-m", "runner.execution", *map(str, files), str(limit())]
    child = subprocess.run(
        command,
        cwd=HERE,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    seconds = time.perf_counter() - start
    if child.returncode:
        run.target.unlink(missing_ok=True)
        tail = "\n".join(child.stderr.strip().splitlines()[-15:])
        raise RuntimeError(f"{run.name} could not be run (exit {child.returncode}):\n{tail}")
    ended = run.runs.run_of(run.notebook)
    if ended.stopped:
        say(f"  {run.name}: STOPPED after {seconds:.0f} s. {ended.sentence()}")
    else:
        say(f"  {run.name}: done, {seconds:.0f} s")


def last_lines(stopped: list[Run], of_how_many: int) -> list[str]:
    """Return what a build says last when notebooks stopped before their end."""
    if not stopped:
        return []
    count = f"{len(stopped)} of {of_how_many} notebooks did not run to the end"
    lines = [f"{count}; {'their pages say' if len(stopped) > 1 else 'its page says'} so:"]
    lines += [f"  {run.sentence()}" for run in stopped]
    if any((run.stopped or {})["kind"] == "slow" for run in stopped):
        lines.append(f"More time for each cell than {limit():g} seconds: make book LIMIT=7200")
    return [*lines, "The next build runs them again."]
