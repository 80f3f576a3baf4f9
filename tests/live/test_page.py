"""What runs in the reader's browser, in JavaScript, where no browser is needed: asked in V8."""

import json

import pytest
from py_mini_racer import MiniRacer

from live.layout import PAGE

# As much of a browser as these modules ask for: timers that a test lets go by, and workers that
# note what they are sent and say what the test says.
BROWSER = """
const timers = new Map();
let timer = 0;
globalThis.setTimeout = (call) => (timers.set(++timer, call), timer);
globalThis.clearTimeout = (id) => timers.delete(id);
const pass = () => {
  const calls = [...timers.values()];
  timers.clear();
  for (const call of calls) call();
};
const workers = [];
const make = () => {
  const worker = { sent: [], ended: false };
  worker.postMessage = (message) => worker.sent.push(message);
  worker.terminate = () => (worker.ended = true);
  worker.says = (message) => worker.onmessage({ data: JSON.stringify(message) });
  workers.push(worker);
  return worker;
};
const heard = [];
const on = new Proxy({}, { get: (_, name) => (what) => heard.push([name, what]) });
"""


@pytest.fixture
def engine():
    """Return a function that asks V8, with the modules that need no page."""
    with MiniRacer() as running:
        running.eval(BROWSER)
        for name in ("python", "keep", "notebook"):
            text = (PAGE / f"{name}.mjs").read_text("utf-8")
            running.eval(text.replace("export ", "").replace("const PREFIX", "var PREFIX"))
        ask = "JSON.stringify((() => {%s})() ?? null)"
        yield lambda script: json.loads(running.eval(ask % script))


BEGIN = "const python = new Python({ settings: {}, on, make, shared });\n"
PYTHON = "const shared = null;" + BEGIN
RUN = """python.run("a", 1, "1"); python.run("b", 2, "2"); const [worker] = workers;"""
READY = """worker.says({ kind: "ready" });"""


def test_cells_wait_for_python_and_run_one_by_one(engine):
    assert engine(f"""{PYTHON}{RUN}
        const before = worker.sent.map(({{ kind }}) => kind);
        {READY}
        const one = worker.sent.slice(1).map(({{ cell }}) => cell);
        worker.says({{ kind: "done", cell: "a", well: true }});
        const two = worker.sent.slice(1).map(({{ cell }}) => cell);
        worker.says({{ kind: "done", cell: "b", well: true }});
        return [before, one, two, python.busy, workers.length];
    """) == [["start"], ["a"], ["a", "b"], False, 1]


def test_after_an_error_what_waits_is_not_run(engine):
    assert engine(f"""{PYTHON}{RUN}{READY}
        worker.says({{ kind: "done", cell: "a", well: false }});
        return [worker.sent.length, python.busy];
    """) == [2, False]


def test_to_stop_is_to_begin_anew_where_nothing_can_be_interrupted(engine):
    assert engine(f"""{PYTHON}{RUN}{READY}
        python.stop();
        worker.says({{ kind: "output", area: "a" }}); // too late
        return [worker.ended, workers.length, python.waiting,
            heard.filter(([name]) => name === "began" || name === "output")];
    """) == [True, 2, [], [["began", {"why": "stopped"}]]]


def test_where_it_can_python_is_interrupted_and_ended_only_if_it_goes_on(engine):
    begin = "const shared = [0];" + BEGIN + RUN + READY + "python.stop();"
    assert engine(f"""{begin}
        const asked = shared[0];
        worker.says({{ kind: "done", cell: "a", well: false }});
        pass();
        return [asked, worker.ended, workers.length];
    """) == [2, False, 1]


def test_an_interrupt_that_is_not_heard_ends_python(engine):
    begin = "const shared = [0];" + BEGIN + RUN + READY + "python.stop();"
    assert engine(f"{begin} pass(); return [worker.ended, workers.length, shared[0]];") == [
        True, 2, 0
    ]  # fmt: skip


def test_a_cell_that_waits_already_gets_its_new_text(engine):
    assert engine(f"""{PYTHON}{RUN}
        python.run("a", 1, "one");
        {READY}
        python.run("a", 1, "again");
        python.run("b", 2, "two");
        for (const cell of "aba") worker.says({{ kind: "done", cell, well: true }});
        return worker.sent.slice(1).map(({{ source }}) => source);
    """) == ["one", "two", "again"]


def test_the_page_hears_what_waits(engine):
    assert engine(f"""{PYTHON}{RUN}{READY}
        worker.says({{ kind: "done", cell: "a", well: false }});
        return heard.filter(([name]) => name === "waits").map(([_, cells]) => cells);
    """) == [["a"], ["a", "b"], []]


def test_a_worker_that_dies_begins_anew_but_not_for_ever(engine):
    assert engine(f"""{PYTHON}{RUN}{READY}
        worker.says({{ kind: "died", why: "memory" }});
        workers[1].onerror({{ message: "no such file" }});
        workers[2].onerror({{ message: "no such file" }});
        return [workers.length, workers.every(({{ ended }}) => ended),
            heard.filter(([name]) => name === "state").at(-1)];
    """) == [3, True, ["state", "gone"]]


def test_a_cell_that_ends_well_says_that_python_lives(engine):
    assert (
        engine(f"""{PYTHON}{RUN}
        for (let n = 0; n < 5; n++) {{
            const now = workers.at(-1);
            now.says({{ kind: "ready" }});
            if (!python.busy) python.run("c", 3, "3");
            now.says({{ kind: "done", cell: "c", well: true }});
            now.says({{ kind: "died", why: "?" }});
        }}
        return workers.length;
    """)
        == 6
    )


KEPT = "const store = memory(); const kept = new Kept(store, 'entropy');"


def test_an_edit_is_kept_and_the_books_own_text_is_not(engine):
    assert engine(f"""{KEPT}
        kept.put("a", "mine", "book"); kept.put("b", "book", "book");
        new Kept(store, "entropy-2").put("a", "other", "book");
        const before = [kept.count, kept.of("a"), kept.of("b")];
        kept.put("a", "book", "book");
        return [before, kept.count, store.length];
    """) == [[1, {"text": "mine", "from": "book"}, None], 0, 1]


def test_a_second_tab_begins_with_a_copy_and_writes_into_its_own(engine):
    assert engine(f"""{KEPT}
        kept.put("a", "mine", "book");
        const second = new Kept(memory(), "entropy");
        second.copy(kept);
        second.put("a", "second", "book");
        const third = new Kept(second.store, "entropy"); // after a reload
        third.copy(kept);
        return [kept.of("a").text, second.of("a"), third.of("a").text];
    """) == ["mine", {"text": "second", "from": "book"}, "second"]


def test_what_is_no_edit_is_not_read_as_one_and_a_full_store_is_told(engine):
    assert engine(f"""{KEPT}
        store.setItem("price-cell/entropy/a", "no JSON");
        store.setItem("price-cell/entropy/b", '{{"text": 5}}');
        const full = {{ ...memory(), setItem() {{ throw new Error("full"); }} }};
        const stored = new Kept(full, "entropy").put("a", "mine", "book");
        kept.throwAway();
        return [kept.of("a"), kept.of("b"), stored, store.length];
    """) == [None, None, False, 0]


def test_a_download_has_the_readers_cells_without_the_books_results(engine):
    book = {
        "nbformat": 4,
        "cells": [
            {"id": "t", "cell_type": "markdown", "metadata": {}, "source": "# T"},
            {
                "id": "a",
                "cell_type": "code",
                "metadata": {"tags": ["nbval-check-output", "hide-input"]},
                "source": ["1"],
                "outputs": [{"x": 1}],
                "execution_count": 3,
            },
        ],
    }
    mine = engine(f"return withTexts({json.dumps(book)}, {{ a: '2' }});")
    assert mine["cells"][0] == book["cells"][0]
    assert mine["cells"][1] == {
        "id": "a",
        "cell_type": "code",
        "metadata": {"tags": ["hide-input"]},
        "source": "2",
        "outputs": [],
        "execution_count": None,
    }
