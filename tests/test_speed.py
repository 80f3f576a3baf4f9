"""The page "How fast lib is" says what was measured, and what was measured keeps its limits.

Nothing is timed here: `python -m bench.table --write` does that, and stores it.
"""

import json

import pytest

from bench import table
from bench.timing import OF_ITS_TIME, Row

STORED = json.loads(table.STORED.read_text("utf-8"))
ROWS = [Row(**row) for name in table.MODULES for row in STORED["rows"][name]]
STATS, REL_ENTR = "SciPy stats.entropy", "SciPy rel_entr, summed"
KL_DIV, CROSS_ENTROPY = "PyTorch kl_div, from log q", "PyTorch cross_entropy"


def find(task, peer):
    return next(row for row in ROWS if (row.task, row.peer) == (task, peer))


def test_the_page_is_what_was_measured():
    assert table.PAGE.read_text("utf-8") == table.markdown(STORED), "python -m bench.table --page"


@pytest.mark.parametrize(
    ("task", "peer", "at_least"),
    [
        ("KL, 10⁶ outcomes", STATS, 4),
        ("KL, 10⁶ outcomes", REL_ENTR, 3),
        ("KL, 10⁶ outcomes", KL_DIV, 3),
        ("KL, 1000 × 1000 along an axis", STATS, 4),
        ("KL, 1000 × 1000 along an axis", REL_ENTR, 2.5),
        ("KL, 1000 × 1000 along an axis", KL_DIV, 3),
        ("KL, 10³ outcomes", STATS, 15),
        ("KL, 10³ outcomes", REL_ENTR, 1),
        ("KL, 10 outcomes", STATS, 12),
        ("entropy, 10⁶ outcomes", STATS, 1.5),
        ("JS, 10⁶ outcomes", "SciPy jensenshannon", 4),
        ("cross-entropy from logits, 1000 × 1000", "scikit-learn log_loss", 4),
    ],
)
def test_lib_is_as_many_times_as_fast_as_was_asked_for(task, peer, at_least):
    row = find(task, peer)
    assert (row.limit, row.at_most) == (at_least, False)
    assert row.measured >= at_least
    assert row.bare > 1  # how close it is to a bare loop is said as well


def test_the_loss_takes_at_most_1_7_times_the_time_of_pytorch():
    row = find("cross-entropy from logits, 1000 × 1000", CROSS_ENTROPY)
    assert (row.limit, row.at_most, row.unit) == (1.7, True, OF_ITS_TIME)
    assert row.measured <= 1.7


@pytest.mark.parametrize("axis", ["last", "second", "first"])
def test_a_step_by_hand_is_as_fast_as_was_asked_for(axis):
    row = find("a training step of the VAE, H = 128", f"PyTorch, values on the {axis} axis")
    assert (row.limit, row.at_most, row.unit) == (1.5, False, "×")
    assert row.measured >= 1.5


@pytest.mark.parametrize("name", ["entropy", "KL", "JS", "total variation", "Rényi of order 2"])
def test_a_million_outcomes_need_at_most_a_megabyte(name):
    row = find(f"memory beyond the inputs: {name}, 10⁶", "")
    assert (row.limit, row.at_most, row.unit) == (1, True, "MB")
    assert row.measured <= 1


def test_dit_and_constriction_and_the_speed_of_the_coder_are_in_the_table():
    assert {"dit", "constriction"} <= {row.peer for row in ROWS}
    speeds = [row for row in ROWS if row.unit == "million symbols/s"]
    assert len(speeds) == 8
    assert all(row.limit for row in speeds)


def test_every_limit_is_met_and_every_peer_was_there():
    assert list(table.missed(ROWS)) == []
    assert set(STORED["about"]["packages"]) == set(table.PEERS)


def test_a_missed_limit_is_told():
    slow = Row("KL", "scipy", 4, 3.9)
    late = Row("loss", "torch", 1.7, 1.8, OF_ITS_TIME, at_most=True)
    fine = Row("KL", "dit", None, 0.01)
    assert list(table.missed([slow, fine, late])) == [
        "KL beside scipy: 3.9×, asked for ≥ 4×",
        "loss beside torch: 1.8× its time, asked for ≤ 1.7× its time",
    ]
    assert "MISSED" in table.printed([slow])
    assert "1/100" in table.printed([fine])


def test_some_rows_can_be_measured_anew_and_the_others_stay(monkeypatch, tmp_path):
    monkeypatch.setattr(table, "measure", lambda names: {n: [Row("new", "a", 1, 2)] for n in names})
    monkeypatch.setattr(table, "about", lambda: STORED["about"])
    monkeypatch.setattr(table, "_version", lambda package: "1")  # no peer need be installed here
    monkeypatch.setattr(table, "PAGE", tmp_path / "speed.md")
    path = tmp_path / "table.json"
    path.write_text(json.dumps(STORED), "utf-8")
    monkeypatch.setattr(table, "STORED", path)
    assert table.main(["vae", "--write"]) == 0
    rows = json.loads(path.read_text("utf-8"))["rows"]
    assert [row["task"] for row in rows.pop("vae")] == ["new"]
    assert rows == {name: old for name, old in STORED["rows"].items() if name != "vae"}
    monkeypatch.setattr(table, "about", lambda: STORED["about"] | {"machine": "another"})
    assert table.main(["vae", "--write"]) == 1


def test_nothing_is_stored_while_a_limit_is_missed(monkeypatch, tmp_path):
    monkeypatch.setattr(table, "measure", lambda names: {n: [Row("KL", "a", 4, 3)] for n in names})
    monkeypatch.setattr(table, "STORED", tmp_path / "table.json")
    assert table.main(["--write"]) == 1
    assert not (tmp_path / "table.json").exists()
