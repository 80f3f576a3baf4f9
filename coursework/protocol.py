"""Messages between the grader and the process that runs a student's code: plain data only.

A message is two lengths, a JSON text, and the raw bytes of its arrays. Nothing is unpickled, no
name is looked up: what arrives is None, bool, int, float, complex, str, bytes, list, tuple, dict,
an array of numbers, or `Other`, which only says what its type was called.

This file is also mounted in the sandbox, beside worker.py; it imports nothing of ours.
"""

import json
import math
import struct
from array import array
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

HEADER = struct.Struct("<II")
NUMERIC_KINDS = "biufc"
MOST_ITEMS = 50_000  # in lists, tuples and dicts of one message
DEEPEST = 40
LONGEST_INT = 2_000  # bits
MOST_KEYS = 10_000  # of one dict: whoever chooses keys that collide makes it slow


class ProtocolError(Exception):
    """What came is no message."""


@dataclass(frozen=True)
class Other:
    """A value that is no plain data; all that is known is what it calls its type."""

    type_name: str


def pack(message: dict[str, Any]) -> bytes:
    """Write a message; its values may be any plain data."""
    packer = _Packer()
    tree = {key: packer.tree(value) for key, value in message.items()}
    text = json.dumps(tree, separators=(",", ":")).encode()
    return HEADER.pack(len(text), len(packer.blob)) + text + bytes(packer.blob)


def unpack(text: bytes, blob: bytes) -> dict[str, Any]:
    """Read a message from its JSON text and its raw bytes; ProtocolError if it is none."""
    try:
        message = json.loads(text)
        if type(message) is not dict:
            raise ProtocolError("a message is a dict")
        reader = _Reader(blob)
        return {key: reader.value(tree, 0) for key, tree in message.items()}
    except ProtocolError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError) as error:
        raise ProtocolError(f"no message: {type(error).__name__}") from None


class _Packer:
    """Turn values into a tree that JSON can hold, and collect the bytes of arrays."""

    def __init__(self) -> None:
        self.blob = bytearray()
        self.items = 0

    def tree(self, value: Any, depth: int = 0) -> Any:
        """Return the tree of a value; of what is no plain data, the name of its type."""
        self.items += 1
        if depth > DEEPEST or self.items > MOST_ITEMS:
            return {"other": f"{type(value).__name__} that is too large or too deep"}
        value = _plain(value)
        if isinstance(value, np.ndarray):
            return self._array(value)
        kind = type(value)
        if value is None or kind in (bool, float, str):
            return value
        if kind is int:
            return value if value.bit_length() <= LONGEST_INT else {"other": "int with many digits"}
        if kind is complex:
            return {"complex": [value.real, value.imag]}
        if kind is bytes:
            return {"bytes": value.hex()}
        if kind in (list, tuple):
            return {kind.__name__: [self.tree(item, depth + 1) for item in value]}
        if kind is dict and len(value) <= MOST_KEYS:
            pairs = [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in value.items()]
            return {"dict": pairs}
        return {"other": str(kind.__name__)[:100]}

    def _array(self, value: np.ndarray) -> Any:
        """Return where the bytes of an array are."""
        value = np.asarray(value)
        if value.dtype.kind not in NUMERIC_KINDS or value.dtype.itemsize > 16:
            return {"other": f"array of dtype {value.dtype}"[:100]}
        plain = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        start = len(self.blob)
        self.blob += plain.tobytes()
        return {"array": [plain.dtype.str, list(value.shape), start]}


def _plain(value: Any) -> Any:
    """Return a value as the plain one that it holds: a Counter as a dict, a fraction as a float."""
    kinds: tuple[Any, ...] = (bool, int, float, complex, str, bytes, list, tuple, dict)
    if isinstance(value, np.longdouble | Fraction | Decimal):
        return float(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, array):
        return np.asarray(value)
    if type(value) in kinds:
        return value
    for kind in kinds:
        if isinstance(value, kind):
            return kind(value) if kind in (list, dict) else kind.__new__(kind, value)
    if hasattr(type(value), "__array__"):
        return np.asarray(value)  # of pandas, torch and others
    return value


class _Reader:
    """Turn a tree back into values; anything unexpected is an error."""

    def __init__(self, blob: bytes):
        self.blob = blob
        self.items = 0
        self.read = 0  # bytes of arrays: two of them don't share any

    def value(self, tree: Any, depth: int) -> Any:
        """Return the value of a tree."""
        self.items += 1
        if depth > DEEPEST + 2 or self.items > 4 * MOST_ITEMS:
            raise ProtocolError("too deep or too large")
        if type(tree) is int and tree.bit_length() > LONGEST_INT:
            raise ProtocolError("a number of too many digits")
        if tree is None or type(tree) in (bool, int, float, str):
            return tree
        if type(tree) is not dict or len(tree) != 1:
            raise ProtocolError("unknown form")
        ((form, content),) = tree.items()
        return getattr(self, f"_{form}")(content, depth) if form in _FORMS else self._unknown()

    def _unknown(self) -> Any:
        raise ProtocolError("unknown form")

    def _list(self, content: Any, depth: int) -> list[Any]:
        if type(content) is not list:
            raise ProtocolError("a list is a list")
        return [self.value(item, depth + 1) for item in content]

    def _tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self._list(content, depth))

    def _dict(self, content: Any, depth: int) -> dict[Any, Any]:
        if type(content) is not list or len(content) > MOST_KEYS:
            raise ProtocolError("a dict is a list of pairs, and not of many")
        return {self.value(k, depth + 1): self.value(v, depth + 1) for k, v in content}

    def _complex(self, content: Any, depth: int) -> complex:
        real, imag = content
        return complex(float(real), float(imag))

    def _bytes(self, content: Any, depth: int) -> bytes:
        return bytes.fromhex(content)

    def _other(self, content: Any, depth: int) -> Other:
        if type(content) is not str:
            raise ProtocolError("a name is a string")
        return Other(content[:100])

    def _array(self, content: Any, depth: int) -> np.ndarray:
        code, shape, start = content
        if type(code) is not str or len(code) > 4 or code[1:2] not in [*NUMERIC_KINDS]:
            raise ProtocolError("an array holds numbers")
        dtype = np.dtype(code)
        sizes = [*shape, start]
        if len(sizes) > 33 or any(type(n) is not int or n < 0 for n in sizes):
            raise ProtocolError("a shape is made of whole numbers")
        size = math.prod(shape)
        self.read += size * dtype.itemsize
        if start + size * dtype.itemsize > len(self.blob) or self.read > len(self.blob):
            raise ProtocolError("an array has its bytes")
        return np.frombuffer(self.blob, dtype, size, start).reshape(shape).copy()


_FORMS = {"list", "tuple", "dict", "complex", "bytes", "other", "array"}
