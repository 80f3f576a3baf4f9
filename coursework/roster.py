"""Who is in a course: a CSV file as spreadsheets and platforms write it.

Only an id is needed. It is found under the name that the program gives it, and where it is not, the
message shows the columns that were seen.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coursework.results import clean

DELIMITERS = ",;\t|"
# What the columns are called, the best name first: ours, Moodle's in four languages, Canvas'.
HEADERS = {
    "id": ["sis user id", "sis login id", "id", "student id", "student_id", "id number",
           "id-nummer", "matrikelnummer", "numéro d'identification", "número de id",
           "username", "anmeldename", "identifier"],
    "name": ["name", "full name", "fullname", "student", "vollständiger name", "nom complet",
             "nombre completo"],
    "first": ["first name", "firstname", "vorname", "prénom", "nombre"],
    "last": ["last name", "lastname", "surname", "nachname", "nom", "nom de famille",
             "apellido(s)", "apellidos"],
    "email": ["email", "e-mail", "email address", "e-mail-adresse", "mail",
              "adresse de courriel", "dirección de correo"],
    "number": ["number", "canvas id", "platform number"],
}  # fmt: skip


class CourseError(Exception):
    """The folder of the course cannot be used so; the message says what to do."""


@dataclass(frozen=True)
class Person:
    """Somebody on the roster."""

    id: str
    name: str = ""
    email: str = ""
    number: str = ""  # the platform's; it tells two people of one name apart


@dataclass(frozen=True)
class Table:
    """A CSV file: what its columns are called, and its rows with their lines in the file."""

    path: Path
    header: list[str]
    rows: list[tuple[int, list[str]]]

    def column(self, kind: str) -> int | None:
        """Return the column of a kind, by the best of its names."""
        names = [" ".join(name.casefold().split()) for name in self.header]
        return next((names.index(name) for name in HEADERS[kind] if name in names), None)

    def seen(self) -> str:
        """Return the columns as a message shows them."""
        return ", ".join(repr(name) for name in self.header)


def read(path: Path) -> list[Person]:
    """Read a roster; CourseError where it is missing, says a thing twice, or has no ids."""
    table = read_table(path)
    if table.header and table.column("id") is None:
        raise CourseError(
            f"{path}: an id is needed, and no column is called so; the columns are "
            f"{table.seen()}. Call the one that holds it id"
        )
    canvas = table.column("number") is None and is_of_canvas(table)
    people = [_person(table, line, row) for line, row in table.rows if not no_student(row, canvas)]
    ids = [person.id.casefold() for person in people]  # folders of some systems are as blind
    twice = sorted({p.id for p in people if ids.count(p.id.casefold()) > 1})
    if twice:
        raise CourseError(f"{path} has {', '.join(twice)} more than once")
    if not people:
        raise CourseError(f"{path} names nobody")
    return people


def read_table(path: Path) -> Table:
    """Read a CSV file, whatever its delimiter; rows without content are passed over."""
    try:
        text = _text(path.read_bytes())
        skip = 1 if text.casefold().startswith("sep=") else 0  # a line for spreadsheets
        text = text.partition("\n")[2] if skip else text
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        rows = [(reader.line_num + skip, [cell.strip() for cell in row]) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(
            f"{path} cannot be read ({error}); it is a CSV file with the columns "
            "id, name and email, of which only id is needed"
        ) from None
    rows = [(line, row) for line, row in rows if any(row)]
    header = rows[0][1] if rows else []
    return Table(path, header, [(line, row + [""] * (len(header) - len(row)))
                                for line, row in rows[1:]])  # fmt: skip


def written(rows: Iterable[list[str]]) -> str:
    """Return rows as CSV text, with commas, as spreadsheets and the importers of platforms read it.

    The other way round it is `read_table`.
    """
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(rows)
    return clean(target.getvalue())


def _text(content: bytes) -> str:
    """Return the text of a file; spreadsheets on Windows write no UTF-8 unless they are asked."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _delimiter(text: str) -> str:
    """Return the sign that the first line has most, where it stands in no name."""
    outside = "".join(text.partition("\n")[0].split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def is_of_canvas(table: Table) -> bool:
    """Is it the gradebook that Canvas exports?"""
    return [name.casefold() for name in table.header[:2]] == ["student", "id"]


def no_student(row: list[str], canvas: bool) -> bool:
    """Is it one of the rows that Canvas adds to its gradebook?"""
    return canvas and (row[0] in ("Points Possible", "Student, Test") or not any(row[1:4]))


def _person(table: Table, line: int, row: list[str]) -> Person:
    def cell(kind: str) -> str:
        place = table.column(kind)
        return row[place] if place is not None else ""

    if not is_id(cell("id")):
        raise CourseError(
            f"{table.path}, line {line}: an id is needed, of letters, digits and . _ @ + - "
            f"(got {cell('id')!r}; the columns are {table.seen()})"
        )
    name = cell("name") or f"{cell('first')} {cell('last')}".strip()
    number = row[1] if is_of_canvas(table) else cell("number")
    return Person(cell("id"), name, cell("email"), number)


def is_id(text: str) -> bool:
    """Can this be the id of a student, and so the name of a folder?"""
    letters = all(c.isalnum() or c in "._@+-" for c in text)
    return 0 < len(text) <= 100 and letters and text[0].isalnum()


def folded(text: str) -> str:
    """Return a text without case and accents, for finding people: "Ünal, Özge" is "unal, ozge"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))
