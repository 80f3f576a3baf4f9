"""How long 300 honest submissions take to grade, and whether memory grows with their number."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = str(ROOT)

from coursework import sandbox  # noqa: E402
from coursework.made_up_class import SET as NAME  # noqa: E402
from coursework.made_up_class import hand_in, notebook  # noqa: E402


def resident(pid):
    """Return the memory in MB of a process and of all below it, each page once where shared."""
    total, below = 0.0, [pid]
    while below:
        current = below.pop()
        try:
            below += map(int, Path(f"/proc/{current}/task/{current}/children").read_text().split())
            for line in Path(f"/proc/{current}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) / 1024
        except OSError:
            pass
    return total


def grade(count):
    """Grade as many copies; print the time of the clock and of the processors, and the memory."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            hand_in(Path(folder), f"s{number:04}", notebook())
        command = [sys.executable, "-m", "coursework", "grade", NAME, "--course", folder]
        began = time.perf_counter()
        run = subprocess.Popen([*command, "--jobs", "2"], stdout=subprocess.DEVNULL)
        samples = []
        done = threading.Event()

        def watch():
            while not done.wait(0.5):
                samples.append(resident(run.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        assert run.wait() == 0
        done.set()
        watcher.join()
        seconds = time.perf_counter() - began
        third = max(1, len(samples) // 3)
        print(f"{count} honest submissions on 2 of {os.cpu_count()} cores: {seconds:.1f} s")
        print(
            f"  memory of all processes: at most {max(samples[:third]):.0f} MB in the first third,"
        )
        print(f"  {max(samples[-third:]):.0f} MB in the last")


print(f"sandbox: {sandbox.choose().mode}")
grade(30)
grade(300)
