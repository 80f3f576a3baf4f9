"""What submissions leave behind: the tests look for it."""

from tests.coursework.classroom import NAME, WORDS, named, solutions
from tests.coursework.corpus.entries import Entry, edited, with_cells

TARGETS = "('/', '/usr', '/etc', '/root', '/home', '/sandbox', os.path.dirname(COURSE), COURSE)"


def _scripts(made):
    html = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    named(made)["report_worth"]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}
    ]


def touching(course: str):
    """Return entries that write, connect and detach; the tests know the places."""
    places = f"import os\nCOURSE = {course!r}\n"
    write = (
        f"{places}for folder in {TARGETS}:\n"
        f"    for name in ('TOUCHED', 'graded/{NAME}/TOUCHED.json', 'gradebook.db'):\n"
        "        try: open(os.path.join(folder, name), 'w').write('x')\n"
        "        except OSError: pass\n"
    )
    remove = f"{places}import shutil\nshutil.rmtree(COURSE, ignore_errors=True)\n"
    return [
        Entry("writes-elsewhere", with_cells(before=[write])),
        Entry(
            "removes-everything",
            with_cells(before=[remove, "shutil.rmtree('/', True)"]),
            status={"ok", "timeout"},
        ),
        Entry("leaves-a-process", with_cells(before=[DETACH])),
        Entry(
            "leaves-processes-in-a-call",
            with_cells(changed={"report_worth": DETACH + "\n" + solutions()["report_worth"]}),
        ),
    ]


DETACH = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(987654)'])
    os._exit(0)
import subprocess
subprocess.Popen(
    [sys.executable, '-c', 'import time; time.sleep(987654)'], start_new_session=True)
"""


def connecting(port: int) -> Entry:
    """Return an entry that looks for a server on this machine."""
    return Entry(
        "uses-the-network",
        with_cells(
            before=[f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=1)"]
        ),
    )


def scripting() -> Entry:
    """Return an entry that puts scripts wherever somebody may look."""
    html = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    words = {
        name: f"{html} ```\n{html}\n[x](javascript:alert(3)) {text}" for name, text in WORDS.items()
    }
    after = [f"raise ValueError({html!r})", f"type({html!r}, (Exception,), {{}})\nraise _()"]
    return Entry("scripts", edited(_scripts, words=words, after=after))
