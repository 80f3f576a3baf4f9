"""The files from elsewhere: whoever brings them, only what is pinned is taken."""

import hashlib

import pytest

from live.sources import CACHE, NotToBeHadError, Pin, RefusedError, gather, pins

CONTENT = b"what is pinned"
PIN = Pin("one.whl", hashlib.sha256(CONTENT).hexdigest(), pip="some-package==1")


def quiet(_):
    pass


def taken(folder, *sources):
    return gather(folder / CACHE, [str(one) for one in sources], [PIN], quiet)


@pytest.fixture
def mirror(tmp_path):
    """Return a folder that has the file."""
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / PIN.name).write_bytes(CONTENT)
    return tmp_path / "mirror"


def test_a_file_comes_from_a_mirror_once_and_then_from_the_cache(tmp_path, mirror):
    assert taken(tmp_path, mirror)[PIN.name].read_bytes() == CONTENT
    (mirror / PIN.name).unlink()
    assert taken(tmp_path, mirror)[PIN.name].read_bytes() == CONTENT


def test_a_file_with_another_sha256_is_refused_and_not_kept(tmp_path, mirror):
    (mirror / PIN.name).write_bytes(CONTENT + b".")
    with pytest.raises(RefusedError, match=r"one\.whl from .*mirror is refused"):
        taken(tmp_path, mirror)
    assert not (tmp_path / CACHE).exists()


def test_a_file_that_has_been_spoilt_in_the_cache_is_fetched_anew(tmp_path, mirror):
    file = taken(tmp_path, mirror)[PIN.name]
    file.write_bytes(b"spoilt")
    assert taken(tmp_path, mirror)[PIN.name].read_bytes() == CONTENT


def test_where_one_source_has_nothing_the_next_is_asked(tmp_path, mirror):
    nowhere = (tmp_path / "empty").as_uri()
    assert taken(tmp_path, tmp_path, nowhere, mirror)
    assert taken(tmp_path, nowhere)


def test_without_a_source_the_missing_files_are_named(tmp_path):
    with pytest.raises(NotToBeHadError, match=r"1 files are missing \(one\.whl\)"):
        taken(tmp_path, tmp_path / "nothing")


def test_each_file_has_one_name_one_sha256_and_one_package_with_its_version():
    found = pins()
    assert len({pin.name for pin in found}) == len(found) > 20
    for pin in found:
        assert len(bytes.fromhex(pin.sha256)) == 32
        assert bool(pin.pip) != bool(pin.npm)
        assert "==" in pin.pip or "@" in pin.npm[1:]
