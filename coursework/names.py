"""Whose is a file? Full names before parts of names, ids where they can be nothing else.

A name is a person's if it has the same words in any order, also run together. What could be
somebody's and is not certain is said, with who it may be: a person decides.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import permutations
from pathlib import PurePosixPath

from coursework.platforms import Label, labels
from coursework.roster import Person, folded

MOST_WORDS = 5  # of a name whose words are tried in every order
OF_COPIES = {"copy", "of"}  # what operating systems add
SUFFIXES = (".ipynb", ".json", ".txt", ".zip")


@dataclass
class Owner:
    """Whose a path is: one person or the people of a group, if it is certain."""

    people: list[Person] = field(default_factory=list)
    certain: bool = False
    group: bool = False  # so the platform's key is the group's
    label: Label = field(default_factory=lambda: Label(""))
    depth: int = 0  # of the part of the path that says it


@dataclass
class Known:
    """What is known about a class beside its roster."""

    keys: dict[tuple[str, str], str] = field(default_factory=dict)  # platform, its key -> id
    groups: dict[str, list[str]] = field(default_factory=dict)  # name -> ids
    prefix: str = ""  # that stands before all names of a download
    blind: bool = False  # the download has one name for everybody: only keys tell


class Names:
    """The people of a class, by all that they are called."""

    def __init__(self, people: list[Person], set_name: str, known: Known | None = None):
        self.people = {person.id: person for person in people}
        self.known = known or Known()
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        for person in people:
            for order in _orders(person.name):
                self.by_name[order].append(person)
        self.by_id = {folded(person.id): person for person in people}
        with_email = [(folded(person.email), person) for person in people if person.email]
        self.by_email = _unique(with_email)
        self.by_login = _unique([(email.partition("@")[0], p) for email, p in with_email])
        self.numbers = {person.number: person for person in people if person.number}
        self.explained = {*_words(set_name), *OF_COPIES}

    def owner(self, where: str) -> Owner:
        """Return whose a path is. The outermost part that names somebody decides.

        The platform or the teacher has written it; students choose only what stands further in.
        """
        said = dict(reversed(labels(where)))
        found = Owner()
        parts = PurePosixPath(where).parts
        for depth, part in enumerate(parts):
            label = said.get(depth)
            if label and not found.people:
                by_label = self._by_label(label)
                if by_label.people or label.platform != "Google Classroom":
                    return replace(by_label, label=label, depth=depth)
            if len(found.people) == 1:
                break
            people, certain = self._by_part(part)
            if depth and _stem(part).isdigit() and len(_stem(part)) < 5:
                certain = False  # "week/12/ps1.ipynb"
            if not found.people:
                if people:
                    found = Owner(people, certain and len(people) == 1, depth=depth)
            elif both := [person for person in found.people if person in people]:
                found = Owner(both, certain and len(both) == 1, depth=found.depth)
        return found

    def called(self, name: str) -> list[Person]:
        """Return the people who have a full name, in whatever order its words stand."""
        return self.by_name.get(_letters(name), [])

    def like(self, where: str) -> list[Person]:
        """Return the people with whom a path shares most words of a name: a hint, no more."""
        words = set(_words(where))
        shared = {p.id: len(words & set(_words(p.name))) for p in self.people.values()}
        most = max(shared.values(), default=0)
        return [self.people[i] for i, count in shared.items() if most and count == most][:3]

    def _by_label(self, label: Label) -> Owner:
        """Return whom the platform means: by the full name; the key tells those of one name apart.

        A key alone may be a group's, or stand for a group, unless the platform gives no names.
        """
        name = label.name or label.key  # a team's name stands where a login does
        names = [name, name.removeprefix(self.known.prefix)]
        for group, ids in self.known.groups.items():
            if _letters(group) in map(_letters, names):
                return Owner([self.people[i] for i in ids], certain=True, group=True)
        named = next(filter(None, map(self.called, names)), [])
        by_key = self.people.get(self.known.keys.get((label.platform, label.key), ""))
        alone = by_key is not None and self.known.blind
        if label.platform == "GitHub Classroom":
            login = folded(label.key)
            by_key, alone = by_key or self.by_id.get(login), True
            if not by_key and not named and login in self.by_login:
                return Owner([self.by_login[login]])  # who has it at GitHub may be another
        elif by_key is None and self.numbers.get(label.key) in named:
            by_key = self.numbers[label.key]
        if by_key and (by_key in named or (alone and not named)):
            return Owner([by_key], certain=True)
        people = list(dict.fromkeys([*named, *([by_key] if by_key else [])]))
        return Owner(people, certain=len(named) == len(people) == 1)

    def _by_part(self, part: str) -> tuple[list[Person], bool]:
        """Return whom a part of a path names that no platform has written, and whether for sure."""
        stem = _stem(part)
        if whole := self.by_id.get(stem) or self.by_email.get(stem):
            return [whole], True
        pieces = _Pieces(stem)
        by_name, name_certain = self._full_names(pieces)
        by_id, id_certain = self._ids(pieces, by_name)
        both = [person for person in by_name if person in by_id]
        if both:
            return both, len(both) == 1 and (name_certain or id_certain)
        people = list(dict.fromkeys([*by_id, *by_name]))
        return people, len(people) == 1 and (name_certain if by_name else id_certain)

    def _full_names(self, pieces: "_Pieces") -> tuple[list[Person], bool]:
        """Return whose full names stand among the words, the longest only.

        It is certain if what stands beside is explained, or set apart by another sign than those
        that stand in the name: in "Ana García López" nobody named Ana García is meant.
        """
        words, count = pieces.words, len(pieces.words)
        for length in range(count, 0, -1):
            found: list[Person] = []
            certain = True
            for start in range(count - length + 1):
                end = start + length
                people = self.by_name.get("".join(words[start:end]), [])
                if length == 1:  # a name of one word is no full name, unless it was run together
                    people = [p for p in people if len(_words(p.name)) > 1 or count == 1]
                if people:
                    found += [p for p in people if p not in found]
                    inside = pieces.kinds[start + 1 : end]
                    for near, sign in ((start - 1, start), (end, end)):
                        if 0 <= near < count and not self._explains(words[near]):
                            kind = pieces.kinds[sign]
                            certain = certain and kind != " " and kind not in inside
            if found:
                return found, certain
        return [], False

    def _ids(self, pieces: "_Pieces", named: list[Person]) -> tuple[list[Person], bool]:
        """Return whose ids and addresses stand in a part, and whether each can be nothing else."""
        found: list[Person] = []
        certain = True
        for table in (self.by_id, self.by_email, self.by_login):
            for word, person in table.items():
                place = pieces.find(word)
                if place is None or person in found:
                    continue
                if named and person not in named and word in _words_of(named):
                    continue  # a part of a full name is not somebody else
                left, right, before = place
                if word.isdigit() and (before == "(" or not self._is_number_of(pieces, word)):
                    continue
                if word.isdigit() and before == "-" and len(word) < 4:
                    certain = False  # "ps1-17.ipynb": the seventeenth copy, or who has id 17?
                if self._is_name_of_another(word, person, table is self.by_login):
                    certain = False
                rest = [*_words(left), *_words(right)]
                beside = {*_words_of(named), *self.by_id}
                if _distinctive(word) or all(self._explains(w) or w in beside for w in rest):
                    found.append(person)
        return found, certain and len(found) == 1

    def _is_name_of_another(self, word: str, person: Person, login: bool) -> bool:
        """Is it also a word of somebody's name? The first names of e-mail addresses always are."""
        others = [p for p in self.people.values() if login or p is not person]
        return word.isalpha() and word in _words_of(others)

    def _is_number_of(self, pieces: "_Pieces", word: str) -> bool:
        """Can a number be an id here? Long ones can, others where only the set's name is beside."""
        others = [w for w in pieces.words if w != word]
        return len(word) >= 5 or all(w in self.explained for w in others)

    def _explains(self, word: str) -> bool:
        return word in self.explained or word.isdigit()


class _Pieces:
    """A part of a path as its words and the signs between them."""

    def __init__(self, text: str):
        self.text = text
        found = list(re.finditer(r"[^\W_]+", text))
        self.words = [match[0] for match in found]
        ends = [0, *(match.end() for match in found)]
        starts = [*(match.start() for match in found), len(text)]
        # kinds[i] is the sign before word i, the last one that after all words
        self.kinds = [_kind(text[a:b]) for a, b in zip(ends, starts, strict=True)]

    def find(self, word: str) -> tuple[str, str, str] | None:
        """Return what stands left and right of a word by itself, and the sign before it."""
        if word not in self.text:
            return None
        match = re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", self.text)
        if match is None:
            return None
        left, right = self.text[: match.start()], self.text[match.end() :]
        return left, right, left.rstrip()[-1:]


def _kind(sign: str) -> str:
    return next((kind for kind in "_()-.," if kind in sign), " ")


def _distinctive(word: str) -> bool:
    """Can a word be nothing but this id: letters and digits, long numbers, signs inside?"""
    letters, digits = any(c.isalpha() for c in word), any(c.isdigit() for c in word)
    return (letters and digits) or not word.isalnum() or (digits and len(word) >= 5)


def _unique(pairs: list[tuple[str, Person]]) -> dict[str, Person]:
    """Return whose a word is, of the words that only one person has."""
    words = [word for word, _ in pairs]
    return {word: person for word, person in pairs if words.count(word) == 1}


def _orders(name: str) -> set[str]:
    """Return a name run together with its words in every order; long names are only turned."""
    words = _words(name)
    if len(words) <= MOST_WORDS:
        return {"".join(order) for order in permutations(words)} - {""}
    return {"".join(words[i:] + words[:i]) for i in range(len(words))}


def _words_of(people: list[Person]) -> set[str]:
    return {word for person in people for word in _words(person.name)}


def _stem(part: str) -> str:
    stem = folded(part)
    while stem.endswith(SUFFIXES):
        stem = stem.rpartition(".")[0]
    return stem.strip()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded(text))


def _letters(text: str) -> str:
    return "".join(_words(text))
