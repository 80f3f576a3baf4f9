"""The files from elsewhere: whoever brings them, only what is pinned is taken."""

import contextlib
import hashlib
import io
import tarfile
from dataclasses import replace

import pytest

from live.sources import CACHE, NotToBeHadError, Pin, RefusedError, gather, pins
from theme.serving import serve

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


# ---- the archive of a release: of its shape, from this machine ---------------------------------


@pytest.fixture
def release(tmp_path):
    """Return a function that serves an archive of these {name: content}, and pins its own file."""
    folder = tmp_path / "release"
    folder.mkdir()
    with contextlib.ExitStack() as stack:

        def serve_archive(files, cut=None):
            held = io.BytesIO()
            with tarfile.open(fileobj=held, mode="w:bz2") as tar:
                for name, content in files.items():
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
            (folder / "one.tar.bz2").write_bytes(held.getvalue()[:cut])
            url = stack.enter_context(serve(folder))
            return replace(PIN, release=f"{url}/one.tar.bz2")

        yield serve_archive


def gathered_of(folder, pin, *sources):
    return gather(folder / CACHE, [str(one) for one in sources], [pin], quiet)[pin.name]


def test_the_release_is_read_until_all_is_found(tmp_path, release):
    pin = release({"pyodide/other": b"-", f"pyodide/{PIN.path}": CONTENT, "after": b"-"})
    assert gathered_of(tmp_path, pin, "release").read_bytes() == CONTENT


def test_other_bytes_in_the_release_are_refused(tmp_path, release):
    pin = release({f"pyodide/{PIN.path}": CONTENT + b"."})
    with pytest.raises(RefusedError, match=r"one\.whl from release is refused"):
        gathered_of(tmp_path, pin, "release")


@pytest.mark.parametrize(
    ("files", "cut"),
    [({"pyodide/other": b"-"}, None), ({f"pyodide/{PIN.path}": CONTENT}, 60)],
    ids=["without the file", "broken off"],
)
def test_where_the_release_lacks_a_file_the_next_source_is_asked(
    tmp_path, release, mirror, files, cut
):
    pin = release(files, cut)
    assert gathered_of(tmp_path, pin, "release", mirror).read_bytes() == CONTENT
    assert not list((tmp_path / CACHE).glob("*.part"))
