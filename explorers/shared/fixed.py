"""Traits that are lists and dictionaries: one reads them, and sets them as a whole.

traitlets checks what is assigned and tells the page, but sees nothing of `explorer.p[0] = 0.9`. So
what such a trait hands out refuses to be changed in place, and says how to set it. It is equal to a
plain list or dictionary, travels as one, and every copy is one.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, SupportsIndex, TypeVar

import traitlets

T = TypeVar("T")

IN_PLACE: dict[type, str] = {
    list: "append clear extend insert pop remove reverse sort __setitem__ __delitem__",
    dict: "clear pop popitem setdefault update __setitem__ __delitem__",
}


class _Fixed:
    """What a fixed list and a fixed dictionary share; `trait` is the name of the trait."""

    trait: str | None

    def _refuse(self, *values: object, **named: object) -> NoReturn:
        whole = "[…]" if isinstance(self, list) else "{…}"
        name = f"explorer.{self.trait}"
        raise TypeError(
            f"{self.trait} is set as a whole, so that it is checked and the figure follows:"
            f" {name} = {whole}. To change one part, change a copy: copy.deepcopy({name})"
        )


class FixedList(_Fixed, list):
    """A list to read; `+=` on the trait sets it anew."""

    def __iadd__(self, other: Iterable[Any]) -> list[Any]:  # type: ignore[misc, override]
        return [*self, *other]

    def __imul__(self, times: SupportsIndex) -> list[Any]:  # type: ignore[override]
        return list(self) * times

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[type[list], tuple[list]]:
        return list, (list(self),)


class FixedDict(_Fixed, dict):
    """A dictionary to read; `|=` on the trait sets it anew."""

    def __ior__(self, other: Mapping[Any, Any]) -> dict[Any, Any]:  # type: ignore[misc, override]
        return {**self, **dict(other)}

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[type[dict], tuple[dict]]:
        return dict, (dict(self),)


for kind in (FixedList, FixedDict):
    for method in IN_PLACE[kind.__mro__[2]].split():
        setattr(kind, method, _Fixed._refuse)


def fixed(value: T, trait: str | None) -> T:
    """Return lists and dictionaries, and those in them, as ones to read; all else as it is."""
    kept: Any  # of the type of value, but for the methods in IN_PLACE
    if isinstance(value, list):
        kept = FixedList(fixed(one, trait) for one in value)
    elif isinstance(value, dict):
        kept = FixedDict((name, fixed(one, trait)) for name, one in value.items())
    else:
        return value
    kept.trait = trait
    return kept


class List(traitlets.List):
    """A trait: a list that is set as a whole."""

    def _validate(self, obj: traitlets.HasTraits, value: object) -> list[Any] | None:
        return fixed(super()._validate(obj, value), self.name)


class Dict(traitlets.Dict):
    """A trait: a dictionary that is set as a whole."""

    def _validate(self, obj: traitlets.HasTraits, value: object) -> dict[str, Any] | None:
        return fixed(super()._validate(obj, value), self.name)
