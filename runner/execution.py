"""Run one notebook in a kernel of this Python, and store what came of it.

    python -m runner.execution ROOT SOURCE TARGET LIMIT    in a process of its own; see runner.pool

Stored outputs are thrown away first: what TARGET shows was computed here. A cell that fails ends
the run; the cells below it stay empty. Under `run` in the metadata of TARGET stands what a reader
and a test ask of a run: a fingerprint, the machine, seconds, and where and why it stopped.
"""

import asyncio
import json
import math
import re
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from runner import depends, machine

Stop = dict[str, Any] | None  # cell, its number among the code cells, kind, what
Machine = dict[str, Any] | None  # machine.describe() of the kernel
GetMessage = Callable[..., Coroutine[Any, Any, dict[str, Any]]]

# How long the last outputs of a cell may be on their way from a busy kernel; nbclient's own 4
# seconds lose them in silence.
PATIENCE = 600


class _ThisPython(KernelSpecManager):
    """Knows one kernel, that of this Python; what the user has installed beside it is no matter."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=launch, display_name="Python 3", language="python")


def run(source: Path, root: Path, limit: float) -> NotebookNode:
    """Return the notebook `source` with the outputs of a run; `limit` is seconds for each cell."""
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    fingerprint = depends.fingerprint(root, source, machine.python_version())
    start = time.perf_counter()
    stopped, described = asyncio.run(_execute(notebook, source.parent, limit))
    notebook.metadata["run"] = {
        "fingerprint": fingerprint,
        "stopped": stopped,
        "machine": described,
        "seconds": round(time.perf_counter() - start, 1),
    }
    return notebook


async def _execute(notebook: NotebookNode, folder: Path, limit: float) -> tuple[Stop, Machine]:
    """Run the cells in place, up to one that fails; return where it stopped, and the machine."""
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=limit,
        iopub_timeout=PATIENCE,
        raise_on_iopub_timeout=True,
        startup_timeout=PATIENCE,
        record_timing=False,
        coalesce_streams=True,  # else the scheduler decides into how many pieces a text falls
        resources={"metadata": {"path": str(folder)}},
    )
    stopped, described = None, None
    try:
        async with client.async_setup_kernel(cleanup_kc=False):
            assert client.kc is not None
            for channel in (client.kc.shell_channel, client.kc.iopub_channel):
                channel.get_msg = look_again(channel.get_msg)
            for index, cell in enumerate(notebook.cells):
                stopped = await _run_cell(client, cell, index, limit)
                if stopped:
                    stopped["number"] = len(depends.code_of(notebook, index))
                    break
            client.set_widgets_metadata()
            if stopped is None or stopped["kind"] == "error":  # else nobody answers
                described = await _probe(client, notebook)
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)
    return stopped, described


def look_again(get_msg: GetMessage) -> GetMessage:
    """Return `get_msg` of an asynchronous channel, which now looks for its message every second.

    jupyter_client sends through a shadow of the socket that asyncio waits on. Where that send
    meets an arriving message, it takes the only signal of its arrival with it (ZeroMQ's signal is
    edge-triggered), and the message lies there unseen until the wait is over.
    """

    async def patient(timeout: float | None = None) -> dict[str, Any]:
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = math.inf if deadline is None else deadline - time.monotonic()
            try:
                return await get_msg(timeout=max(0, min(1, left)))
            except Empty:
                if left <= 0:
                    raise

    return patient


async def _run_cell(client: NotebookClient, cell: NotebookNode, index: int, limit: float) -> Stop:
    """Run one cell; return None, or where and why it stopped."""
    try:
        await client.async_execute_cell(cell, index)
    except CellExecutionError as error:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", f"{error.ename}: {error.evalue}")
        return _stop(cell, "error", plain.strip().rstrip(":"))
    except CellTimeoutError:
        return _stop(cell, "slow", f"it did not end within {limit:g} seconds")
    except DeadKernelError:
        return _stop(cell, "died", "its Python process died (out of memory?)")
    return None


def _stop(cell: NotebookNode, kind: str, what: str) -> Stop:
    return {"cell": cell.id, "kind": kind, "what": what}


async def _probe(client: NotebookClient, notebook: NotebookNode) -> Machine:
    """Ask the kernel that has run the notebook what it computes with."""
    notebook.cells.append(nbformat.v4.new_code_cell(machine.probe()))
    try:
        index = len(notebook.cells) - 1
        cell = await client.async_execute_cell(notebook.cells[-1], index, store_history=False)
        return dict(json.loads("".join(output.text for output in cell.outputs)))
    finally:
        notebook.cells.pop()


def main(arguments: list[str]) -> None:
    """Run SOURCE and write TARGET, whole or not at all."""
    root, source, target = map(Path, arguments[:3])
    notebook = run(source, root, float(arguments[3]))
    target.parent.mkdir(parents=True, exist_ok=True)
    half_written = target.with_suffix(".part")
    half_written.write_text(nbformat.writes(notebook), "utf-8")
    half_written.replace(target)


if __name__ == "__main__":
    main(sys.argv[1:])
