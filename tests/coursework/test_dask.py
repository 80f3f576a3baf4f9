"""A Dask cluster grades as this machine's processes do: it is an executor like any other."""

import pytest

from coursework import batch, results, sandbox, sets
from coursework.command import main
from coursework.course import Course
from tests.coursework.classroom import FIRST, NAME, blank, earned, hand_in, notebook

distributed = pytest.importorskip("distributed")


@pytest.mark.filterwarnings("ignore")
def test_a_local_cluster_gives_the_same_results(tmp_path, capsys):
    if all(sandbox.why_not(mode) for mode in ("bubblewrap", "limits")):
        pytest.skip("no sandbox works here")
    contents = []
    for name in ("dask", "processes"):
        for number in range(4):
            hand_in(tmp_path / name, f"s{number}", notebook() if number else blank())
    options = ["--seed", "5", "--jobs", "2"]
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        given = ["grade", NAME, "--course", str(tmp_path / "dask"), *options]
        assert main([*given, "--dask", cluster.scheduler_address]) == 0
    assert "graded 4: 4 ok" in capsys.readouterr().out
    assert main(["grade", NAME, "--course", str(tmp_path / "processes"), *options]) == 0
    for name in ("dask", "processes"):
        folder = tmp_path / name / "graded" / NAME
        contents.append({p.name: p.read_bytes() for p in folder.glob("*.json")})
    assert contents[0] == contents[1]
    assert len(contents[0]) == 4
    result = results.read(Course(tmp_path / "dask").result("s1", NAME))
    assert sum(earned(result).values()) == 20


def test_a_job_can_be_sent_away(tmp_path):
    """What is handed to an executor survives being packed, as it must be to reach a machine."""
    import cloudpickle

    hand_in(tmp_path, "a", blank())
    plan = batch.plan(Course(tmp_path), sets.load(FIRST), sandbox.of("limits"), 1, again=False)
    function, job = cloudpickle.loads(cloudpickle.dumps((batch.grade, plan.jobs[0])))
    assert job == plan.jobs[0]
    assert function is batch.grade
