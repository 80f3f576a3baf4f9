"""Calls of packages that a reader may lack: made where they are installed, looked up elsewhere.

    outside = Outside(data.study("library_calls"))
    F = outside("torch.nn.functional")
    F.kl_div(log_q, p, reduction="sum")

Arrays of NumPy go in; a number, an array or an object of the package comes back. Where the package
is not installed, the answer is that of the study, if the study holds this very call. The study's
script runs the chapter with the environment's RECORD_CALLS naming a file, and each call that is
made is then written there as a line of JSON.
"""

import importlib
import importlib.util
import json
import os
import warnings
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np

__all__ = ["DISTRIBUTIONS", "RECORD", "Outside"]

RECORD = "RECORD_CALLS"
# {package: its name on the package index, its name in prose}
DISTRIBUTIONS = {
    "torch": ("torch", "PyTorch"),
    "scipy": ("scipy", "SciPy"),
    "sklearn": ("scikit-learn", "scikit-learn"),
}
DIGITS = 9  # of an argument, as a call is written down: the last bits differ between processors


class Outside:
    """The packages outside the book, and the stored answers for those that are not installed."""

    def __init__(self, study: Mapping[str, np.ndarray]) -> None:
        self.answers = dict(zip(study["calls"].tolist(), study["answers"].tolist(), strict=True))
        self.stored = json.loads(str(study["about"]))["versions"]
        self.installed = {name: bool(importlib.util.find_spec(name)) for name in DISTRIBUTIONS}

    def __call__(self, module: str) -> "Name":
        """Return a module of one of the packages, such as "scipy.stats"."""
        package = module.partition(".")[0]
        found = importlib.import_module(module) if self.installed[package] else None
        return Name(self, module, found)

    def version(self, package: str) -> str:
        """Return the version that answers: the installed one, or that of the stored answers."""
        if self.installed[package]:
            return version(DISTRIBUTIONS[package][0]).partition("+")[0]
        return str(self.stored[package])

    def __repr__(self) -> str:
        names = (f"{name} {self.version(key)}" for key, (_, name) in DISTRIBUTIONS.items())
        return ", ".join(names)

    def _repr_html_(self) -> str:
        """Return where each package's numbers are from, in a paragraph."""
        here = [name for key, (_, name) in DISTRIBUTIONS.items() if self.installed[key]]
        lacking = [name for key, (_, name) in DISTRIBUTIONS.items() if not self.installed[key]]
        said = f"{self!r}."
        if here:
            said += f" This run called {', '.join(here)}."
        if lacking:
            said += (
                f" Not installed on this machine: {', '.join(lacking)}. Those numbers were stored "
                "by a run with these versions, not computed by this one."
            )
        return f"<p>{said}</p>"


class Name:
    """A module, a class, a function or an object of a package; `written` is how one gets it."""

    def __init__(self, outside: Outside, written: str, found: Any) -> None:
        self.outside, self.written, self.found = outside, written, found

    def __getattr__(self, name: str) -> "Name":
        if name.startswith("_"):  # what NumPy and IPython look for in any object
            raise AttributeError(name)
        found = None if self.found is None else getattr(self.found, name)
        return Name(self.outside, f"{self.written}.{name}", found)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Make this call, or look it up."""
        given = [*map(_written, args), *(f"{k}={_written(v)}" for k, v in options.items())]
        call = f"{self.written}({', '.join(given)})"
        if self.found is not None:
            answer, made = self._made(args, options)
            if RECORD in os.environ:
                with open(os.environ[RECORD], "a", encoding="utf-8") as file:
                    file.write(json.dumps([call, answer]) + "\n")
        elif call in self.outside.answers:
            answer, made = json.loads(self.outside.answers[call]), None
        else:
            name = DISTRIBUTIONS[self.written.partition(".")[0]][0]
            raise LookupError(f"no answer is stored for {call}. To compute it: pip install {name}")
        if "raises" in answer:
            raise ValueError(answer["raises"])
        if "dtype" in answer:
            array = np.array(answer["value"], dtype=answer["dtype"])
            return array if array.ndim else array.item()
        return Name(self.outside, call, made)

    def _made(self, args: Any, options: Any) -> tuple[dict[str, Any], Any]:
        """Make the call; return its answer as it is stored, and the object that it returned."""
        tensors = self.written.startswith("torch")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the chapter says which calls warn
                made = self.found(
                    *(_handed_over(arg, tensors) for arg in args),
                    **{name: _handed_over(arg, tensors) for name, arg in options.items()},
                )
        except (ValueError, RuntimeError, IndexError) as error:
            return {"raises": str(error).splitlines()[0]}, None
        if tensors and hasattr(made, "detach"):
            made = made.detach().numpy()
        if isinstance(made, (int, float, list, np.ndarray, np.generic)):
            array = np.asarray(made)
            return {"dtype": str(array.dtype), "value": array.tolist()}, None
        return {}, made


def _handed_over(argument: Any, tensors: bool) -> Any:
    """Return an argument as its package takes it: arrays as tensors for PyTorch."""
    if isinstance(argument, Name):
        return argument.found
    if tensors and isinstance(argument, np.ndarray):
        return importlib.import_module("torch").from_numpy(np.array(argument))
    return argument


def _written(argument: Any) -> str:
    """Return an argument as a call is written down."""
    if isinstance(argument, Name):
        return argument.written
    if isinstance(argument, np.ndarray):
        # NumPy's plain integers are shorter where addresses are: in a browser, 32 bits.
        kind = "int64" if argument.dtype == np.intp else argument.dtype
        return f"{kind}{argument.shape}[{' '.join(map(_number, argument.ravel()))}]"
    if isinstance(argument, list):
        return f"[{', '.join(map(_written, argument))}]"
    return _number(argument) if isinstance(argument, float) else repr(argument)


def _number(number: Any) -> str:
    return f"{number:.{DIGITS}g}" if isinstance(number, (float, np.floating)) else str(number)
