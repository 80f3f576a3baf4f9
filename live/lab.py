"""Lay out JupyterLite, the folder `live/` of the site: chapters and problem sets as notebooks.

Its application comes out of pinned wheels as it is; what is ours is what it reads: settings,
notebooks, a lock. It runs on the Pyodide and the wheels of the pages, out of `python/`.
"""

import gzip
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from coursework import release, sets
from desk.pages import given

from .layout import FOLDER as PYTHON
from .layout import LAB_FOLDER as FOLDER
from .layout import Layout, entry, short, version, weight, wheel_of
from .sources import of_door

OWN_SETS = "LIVE_SETS"  # the variable of the environment: folders of a teacher's own sets
BESIDE = Path(__file__).with_name("beside")
STYLES = ("explorers/shared/roles.css", "desk/jupyter/custom/custom.css")
# Where the site comes with the headers that live/host.py sends, the kernel would talk to its worker
# in another way, which fails in Chromium ("….value.then is not a function").
TOGETHER = 'Object.defineProperty(window, "crossOriginIsolated", { value: false });'
# Of JupyterLite's applications: Jupyter Notebook, which shows one document and fits a telephone,
# and what it opens beside: the list of files, and the editor of files that are no notebooks.
APPS = ("notebooks", "tree", "edit")
KEPT = ("bootstrap.js", "config-utils.js", "jupyter-lite.ipynb", "build/")
LEFT_OUT = ("build/consoles/", "build/lab/", "build/repl/")
# What no browser asks for: maps, wheels, and fonts in the forms of old ones.
NO_ENDINGS = (".map", ".whl", ".eot", ".ttf", ".svg", ".orig", "/")
# What lays files into Python's by a service worker, and a link that only this browser can open.
DISABLED = [
    "@jupyterlite/application-extension:service-worker-manager",
    "@jupyterlite/application-extension:share-file",
]
KERNELS = "jupyterlite_pyodide_kernel-"
EXTENSIONS = (KERNELS, "jupyterlab_myst-", "jupyterlab_widgets-", "anywidget-")
NO_PYTHON = ("jupyterlite_core-", KERNELS, "jupyterlab_")
KERNEL = ("ipykernel-", "piplite-", "pyodide_kernel-")  # wheels in that of the kernel
# As its kernel says it: opening a notebook changes nothing in it, so no copy is kept of it.
KERNELSPEC = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
LANGUAGE = {
    "codemirror_mode": {"name": "python", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.8",
}
OF_THE_APP = {"plain": 10_000_000, "packed": 2_600_000}  # bytes that a first visit asks for
DATE = "1980-01-01T00:00:00Z"  # of all files: the same files, the same bytes
CHECK = """\
# Check all of this notebook, as `python -m coursework check` does. To hand it in: File, Download.
%check"""


def lab(root: Path, gathered: Mapping[str, Path], page: Layout) -> Layout:
    """Return the layout of the folder for these files from elsewhere, and the pages' Python."""
    found = of_door("lab", gathered)
    files: dict[str, bytes | Path] = dict(_application(found))
    extensions = []
    for wheel in (named(found, name) for name in EXTENSIONS):
        about, content = _extension(wheel)
        files |= {f"extensions/{about['name']}/{name}": data for name, data in content.items()}
        extensions.append(about)
    files["build/schemas/all_federated.json"] = _json(
        [setting for about in extensions for setting in about.pop("settings")]
    )
    own, lock = _python(root, found, page)
    files |= own
    beside = {path.name: path.read_bytes() for path in sorted(BESIDE.iterdir())}
    styles = b"\n".join((root / name).read_bytes() for name in STYLES)
    beside["beside.css"] = styles.replace(b'@import url("roles.css");', b"") + beside["beside.css"]
    folder = f"beside-{short(*beside.values())}"
    files |= {f"{folder}/{name}": content for name, content in beside.items()}
    for app in APPS:
        files[f"{app}/index.html"] = _with_ours(files[f"{app}/index.html"], folder)
    files["jupyter-lite.json"] = _json(_settings(files, extensions, lock, page))
    given_sets = [sets.load(folder) for folder in set_folders()]
    documents = contents(root, given_sets)
    files |= {f"files/{name}": content for name, content in documents.items()}
    files["api/contents/all.json"] = _listing(documents)
    files |= {f"api/translations/{name}.json": _json({"data": {}, "message": ""})
              for name in ("all", "en")}  # fmt: skip
    settings = {
        "opens": f"{FOLDER}/{APPS[0]}/index.html?path=",
        "documents": sorted(documents),
        "weight": {
            kind: page.settings["weight"][kind] + size + OF_THE_APP[kind]
            for kind, size in weight([*own.values()]).items()
        },
        "sets": {one.name: one.title for one in given_sets},
    }
    return Layout(files, settings, FOLDER)


def named(found: Mapping[str, Path], beginning: str) -> Path:
    """Return the one file whose name begins so."""
    (path,) = (path for name, path in found.items() if name.startswith(beginning))
    return path


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _application(found: Mapping[str, Path]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(named(found, "jupyterlite_core-")) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".tgz"))
        packed = gzip.decompress(wheel.read(name))
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            name = member.name.removeprefix("package/")
            wanted = name.startswith(KEPT) or name.partition("/")[0] in APPS
            if member.isfile() and wanted and not name.startswith(LEFT_OUT):
                file = archive.extractfile(member)
                if file is not None and not name.endswith(NO_ENDINGS):
                    yield name, file.read()


def _extension(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what JupyterLite must know of an extension, and its files."""
    with zipfile.ZipFile(path) as wheel:
        (at,) = (
            name.removesuffix("package.json")
            for name in wheel.namelist()
            if "/share/jupyter/labextensions/" in name and name.endswith("/package.json")
        )
        content = {
            name.removeprefix(at): wheel.read(name)
            for name in wheel.namelist()
            if name.startswith(at) and not name.endswith(NO_ENDINGS)
        }
    package = json.loads(content["package.json"])
    schemas = {Path(name).stem: json.loads(data) for name, data in content.items()
               if name.startswith("schemas/") and name.endswith(".json")}  # fmt: skip
    settings = [
        {"id": f"{package['name']}:{plugin}", "raw": "{}", "schema": schema, "settings": {},
         "version": package["version"]}
        for plugin, schema in schemas.items()
    ]  # fmt: skip
    about = {"name": package["name"], **package["jupyterlab"]["_build"], "settings": settings}
    return about, content


def _with_ours(html: bytes | Path, folder: str) -> bytes:
    """Return the page of the application with our style and module in it."""
    assert isinstance(html, bytes)
    ours = (
        f"<script>{TOGETHER}</script>\n"
        f'<link rel="stylesheet" href="../{folder}/beside.css">\n'
        f'<script type="module" src="../{folder}/beside.mjs"></script>\n</head>'
    )
    return html.replace(b"</head>", ours.encode(), 1)


# ---- Python ------------------------------------------------------------------------------------


def _python(root: Path, found: Mapping[str, Path], page: Layout) -> tuple[dict[str, bytes], str]:
    """Return the wheels that the notebooks need besides those of the pages, and the lock of all."""
    wheels = {
        name: path.read_bytes() for name, path in found.items() if not name.startswith(NO_PYTHON)
    }
    with zipfile.ZipFile(named(found, KERNELS)) as kernel:
        for name in kernel.namelist():
            if Path(name).name.startswith(KERNEL) and name.endswith(".whl"):
                wheels[Path(name).name] = kernel.read(name)
    grader = grader_wheel(root)
    wheels[f"coursework-{version(root)}+{short(grader)}-py3-none-any.whl"] = grader

    content = page.files[page.settings["lock"]]
    assert isinstance(content, bytes)
    lock = json.loads(content)
    for one in lock["packages"].values():
        one["file_name"] = f"../../{PYTHON}/wheels/{one['file_name']}"
    for file, data in wheels.items():
        name, number = file.split("-")[:2]
        name = name.lower().replace("_", "-")
        lock["packages"][name] = entry(name, number, file, data, [])
    # The kernel asks for this package, and does without it: of 5 MB, for a guess at what is typed.
    lock["packages"]["jedi"] = {**lock["packages"]["ipykernel"], "name": "jedi"}
    written = _json(lock)
    name = f"wheels/lock-{short(written)}.json"
    return {f"wheels/{file}": data for file, data in wheels.items()} | {name: written}, name


def grader_wheel(root: Path) -> bytes:
    """Return a wheel of the grader: no set of problems, so no solution and no hidden test."""
    folder = root / "coursework"
    modules = {f"coursework/{path.name}": path.read_bytes() for path in folder.glob("*.py")}
    return wheel_of("coursework", version(root), modules)


def _settings(
    files: Mapping[str, Any], extensions: list[dict[str, Any]], lock: str, page: Layout
) -> dict[str, Any]:
    """Return what the application reads first."""
    content = files[lock]
    assert isinstance(content, bytes)
    python = {
        "pyodideUrl": f"./../{PYTHON}/{page.settings['core']}pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "lockFileURL": lock,
            "packages": sorted(json.loads(content)["packages"]),
            "fullStdLib": False,
            "env": {
                "HOME": "/home/pyodide",
                "PYTHONSTARTUP": "/lib/python3.14/site-packages/live/inside/notebook.py",
            },
        },
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "The Price of a Wrong Guess",
            "appUrl": f"./{APPS[0]}",
            "appVersion": "",
            "baseUrl": "./",
            "contentsAllJsonFile": "all.json",
            "defaultKernelName": "python",
            "disabledExtensions": DISABLED,
            "exposeAppInBrowser": True,  # beside.mjs asks it for the notebook that is open
            "faviconUrl": "./../_static/favicon.svg",
            "federated_extensions": extensions,
            "fullLabextensionsUrl": "./extensions",
            "fullStaticUrl": "./build",
            "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": python},
            "settingsOverrides": json.loads((BESIDE / "overrides.json").read_text("utf-8")),
        },
    }


# ---- notebooks ---------------------------------------------------------------------------------


def contents(root: Path, given_sets: Iterable[sets.ProblemSet] = ()) -> dict[str, bytes]:
    """Return {name: content} of the reader's copies of the notebooks, and of the problem sets."""
    pages = given(root)
    files = {name: for_browser(pages[name]) for name in pages if name.endswith(".ipynb")}
    for one in given_sets:
        made = release.make(one)
        if release.leaks(one, made):
            raise ValueError(f"the release of {one.folder} would show a solution")
        if len(made.files) > 1:
            raise ValueError(f"{one.folder} hands out data files, which {FOLDER}/ does not carry")
        files[f"{one.name}.ipynb"] = for_browser(with_check(made.notebook))
    return files


def set_folders() -> list[Path]:
    """Return the folders of the book's sets, and of a teacher's own."""
    named = [Path(folder).resolve() for folder in os.environ.get(OWN_SETS, "").split()]
    return [*(sets.BUILT_IN / name for name in sorted(sets.built_in())), *named]


def for_browser(notebook: bytes) -> bytes:
    """Return a notebook that says it is for the Python of the browser."""
    content = json.loads(notebook)
    content["metadata"] |= {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    return release.as_text(content).encode()


def with_check(notebook: bytes) -> bytes:
    """Return a released notebook with a line at its end that checks it.

    All else stays as it was given: words elsewhere would be taken for an answer.
    """
    content = json.loads(notebook)
    content["cells"].append(
        {"cell_type": "code", "id": "check", "metadata": {}, "source": CHECK,
         "execution_count": None, "outputs": []}
    )  # fmt: skip
    return release.as_text(content).encode()


def _listing(documents: Mapping[str, bytes]) -> bytes:
    """Return what JupyterLite's server, which is none, answers: what lies in its folder."""
    found = [_listed(name, "notebook", len(documents[name])) for name in sorted(documents)]
    return _json({**_listed("", "directory", None), "content": found, "format": "json"})


def _listed(name: str, kind: str, size: int | None) -> dict[str, Any]:
    return {
        "name": name, "path": name, "type": kind, "size": size,
        "created": DATE, "last_modified": DATE, "writable": True,
        "content": None, "format": None, "mimetype": None,
    }  # fmt: skip
