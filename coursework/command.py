"""The command line: what is asked for, what is said, and with which code it ends.

0 all is well; 1 something is not, and the last lines say what; 2 it was asked wrongly or cannot be
done here.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from coursework import sets
from coursework.course import Course, CourseError, ExistsError
from coursework.results import STATUSES, write_whole

if TYPE_CHECKING:  # what takes time to import waits for the command that needs it
    from coursework.batch import Job
    from coursework.mode import Mode

EPILOG = """\
From zero to marks, in the folder of a course that holds roster.csv:
  python -m coursework release ps1 --to out
  python -m coursework collect ps1 moodle.zip
  python -m coursework grade ps1
  python -m coursework gradebook ps1      (then mark the words in nbgrader's form grader)
  python -m coursework export ps1
  python -m coursework feedback ps1
  python -m coursework statistics ps1

No file of yours is overwritten unless you say --overwrite. Results and the copies for nbgrader are
the commands' own, and are brought up to date. --dry-run writes nothing.
It ends with 0 if all is well, 1 if something needs a look, 2 if it cannot be done."""


def main(arguments: list[str] | None = None) -> int:
    """Do what the arguments say and return the exit code."""
    given = _parser().parse_args(arguments)
    try:
        return given.do(given)
    except (CourseError, sets.SetError) as error:
        return _complain(error)
    except KeyboardInterrupt:
        return _complain("stopped; what was done stays, and the same command goes on from there")
    except Exception as error:
        from coursework.sandbox import SandboxError

        if isinstance(error, SandboxError | OSError):
            return _complain(error)
        raise


def _complain(what: object) -> int:
    print(f"coursework: {what}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m coursework",
        description="Hand out problem sets, collect them, grade them, and export the marks.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, does: Callable[[argparse.Namespace], int], help: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(do=does)
        return sub

    def common(sub: argparse.ArgumentParser, course: bool = True, writes: bool = True) -> None:
        sub.add_argument("set", help="a problem set: its name, or the path of its folder")
        if course:
            sub.add_argument("--course", type=Path, default=Path(), metavar="FOLDER",
                             help="the folder of the course (default: this one)")  # fmt: skip
        if not writes:
            return
        sub.add_argument(
            "--dry-run", action="store_true", help="say what would be done; write nothing"
        )
        sub.add_argument("--overwrite", action="store_true", help="replace files that are there")

    release = command("release", _release, "write the version for students, as notebook and zip")
    common(release)
    release.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where to")

    check = command("check", _check, "check a notebook before handing it in, or a set of yours")
    check.add_argument("paths", nargs="+", metavar="NOTEBOOK-OR-SET")
    _sandboxed(check)

    collect = command("collect", _collect, "take in what was handed in: zips, folders, notebooks")
    common(collect)
    collect.add_argument("downloads", nargs="+", type=Path, metavar="DOWNLOAD")

    grade = command("grade", _grade, "grade what was collected; a run that was stopped goes on")
    common(grade)
    grade.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N",
                       help="how many at a time (default: %(default)s)")  # fmt: skip
    grade.add_argument(
        "--dask", metavar="ADDRESS", help="grade on a Dask cluster that sees this folder"
    )
    grade.add_argument("--seed", type=int, help="of the inputs (default: drawn once, then kept)")
    grade.add_argument("--again", action="store_true", help="grade also what has been graded")
    grade.add_argument("--only", nargs="+", metavar="ID", help="grade these, and again if need be")
    _sandboxed(grade)

    gradebook = command("gradebook", _gradebook, "enter the results into nbgrader's gradebook")
    common(gradebook)
    feedback = command("feedback", _feedback, "write a page of feedback for every student")
    common(feedback)
    feedback.add_argument("--zip", action="store_true",
                          help="one zip instead, as the platform takes it back")  # fmt: skip
    export = command("export", _export, "write the marks of everybody on the roster as CSV")
    common(export)
    export.add_argument(
        "--to", type=Path, metavar="FILE", help="(default: marks-SET.csv in the course)"
    )
    export.add_argument("--for", dest="platform", choices=["moodle", "canvas"],
                        help="in the form that this platform imports")  # fmt: skip
    statistics = command("statistics", _statistics, "say what each question and part gave")
    common(statistics, writes=False)
    return parser


def _sandboxed(sub: argparse.ArgumentParser) -> None:
    modes = ["auto", "bubblewrap", "container", "limits"]
    sub.add_argument("--sandbox", choices=modes, default="auto",
                     help="where students' code runs (default: the safest that works)")  # fmt: skip
    sub.add_argument("--image", default="coursework-sandbox", help="of the container")


def _release(given: argparse.Namespace) -> int:
    from coursework import policy, release

    problem_set = sets.load(sets.find(given.set, given.course))
    name, course = problem_set.name, Course(given.course)
    rules = policy.load(course, name)
    each = rules.numbers == "student"
    folders = {p.id: given.to / p.id for p in course.roster()} if each else {"": given.to}
    files: dict[Path, bytes] = {}
    for student, folder in folders.items():
        theirs = problem_set.varied(rules.variant(student))
        made = release.make(theirs)
        leaks = release.leaks(theirs, made)
        if leaks:
            raise sets.SetError(f"the release would show a solution: {leaks[0]!r}")
        files |= {folder / f"{name}.ipynb": made.notebook, folder / f"{name}.zip": made.archive}
    return _write(files, given)


def _check(given: argparse.Namespace) -> int:
    from coursework import check

    bad = 0
    for path in given.paths:
        # A file beside a set.toml is a master; every other notebook is a student's.
        notebook = Path(path) if path.endswith(".ipynb") else None
        if notebook and not (notebook.parent / "set.toml").exists():
            print(f"{path}:")
            lines = check.check_notebook(notebook)
        else:
            folder = notebook.parent.resolve() if notebook else sets.find(path)
            print(f"{folder}:")
            lines = check.check_set(sets.load(folder), _sandbox(given))
        for line in lines:
            print(f"  {line.sign} " + "\n".join(map(_visible, line.says.splitlines())))
        bad += sum(line.sign != "✓" for line in lines)
    return 1 if bad else 0


def _collect(given: argparse.Namespace) -> int:
    from coursework import collect, policy

    course, problem_set = Course(given.course), sets.load(sets.find(given.set, given.course))
    name, people = problem_set.name, course.roster()
    for download in given.downloads:
        if not (download.is_dir() or download.is_file()):
            raise CourseError(
                f"{download} is no file and no folder"
                if download.exists()
                else f"there is no {download}"
            )
    rules = policy.load(course, name)
    collected = collect.look_through(
        given.downloads, people, problem_set, rules.groups, collect.read_whose(course, name)
    )
    if given.dry_run:
        for student, found in collected.chosen.items():
            print(f"{student}: {_visible(found.where)}")
    else:
        done = collect.store(collected, course, name, given.overwrite)
        for what, count in sorted(Counter(done.values()).items()):
            print(f"{count} {what}")
        if asked := collect.ask_whose(course, name, collected):
            print(f"say whose they are in {asked}, then collect again")
    there = {*collected.chosen, *course.submissions(name)}
    missing = [p.id for p in people if rules.handed_in_by(p.id, there.__contains__) not in there]
    for note in collected.notes:
        print(f"note: {_visible(note)}")
    if missing:
        print(f"nothing from {len(missing)}: {', '.join(missing)}")
    return _needs_a_look(collected.problems)


def _grade(given: argparse.Namespace) -> int:
    from coursework import batch, results

    course = Course(given.course)
    problem_set = sets.load(sets.find(given.set, given.course))
    sandbox = _sandbox(given)
    _keep_outside(sandbox, course, problem_set)
    if not course.submissions(problem_set.name):
        raise CourseError(
            f"there is nothing to grade in {course.folder.resolve() / 'submitted'}; collect first"
        )
    seed = batch.seed_of_run(course, problem_set.name, given.seed, write=not given.dry_run)
    again = given.again or given.overwrite
    plan = batch.plan(course, problem_set, sandbox, seed, again, given.only or ())
    print(f"{problem_set.title}; sandbox {sandbox.mode}, seed {seed}")
    print(f"{len(plan.jobs)} to grade, {len(plan.done)} graded already")
    if given.dry_run:
        for job in plan.jobs:
            print(f"would grade {job.student}")
    elif plan.jobs:
        with batch.alone(course, problem_set.name):
            _run(plan.jobs, given)
    problems = [
        f"{student}: graded before the submission, the set, the seed or the sandbox changed; "
        f"--only {student} grades it again, --again everybody"
        for student in plan.stale
    ]
    found = {
        student: results.read(course.result(student, problem_set.name))
        for student in course.submissions(problem_set.name)
    }
    problems += _together({s: r.problems for s, r in found.items() if r is not None})
    return _needs_a_look(problems)


def _together(problems: dict[str, list[str]]) -> list[str]:
    """Return a line for each problem; what many have is said once."""
    who: dict[str, list[str]] = {}
    for student, says in problems.items():
        for problem in says:
            who.setdefault(problem, []).append(student)
    lines = []
    for problem, students in who.items():
        several = ", ".join(students) if len(students) <= 10 else f"{len(students)} students"
        lines.append(f"{several}: {problem}")
    return lines


def _run(jobs: "list[Job]", given: argparse.Namespace) -> None:
    from coursework import batch

    statuses: Counter[str] = Counter()
    width = max(1, given.jobs)

    def tell(job: "Job", status: str) -> None:
        statuses[status] += 1
        print(f"[{statuses.total()}/{len(jobs)}] {job.student}: {status}", flush=True)

    executors = (lambda: batch.dask(given.dask)) if given.dask else (lambda: batch.processes(width))
    batch.run(jobs, executors, width=width, tell=tell)
    if jobs:
        counts = ", ".join(f"{statuses[s]} {s}" for s in STATUSES if statuses[s])
        print(f"graded {len(jobs)}: {counts}")


def _keep_outside(sandbox: "Mode", course: Course, problem_set: sets.ProblemSet) -> None:
    """See to it that no hidden test and no other submission is where a student's code can read."""
    for seen in sandbox.seen():
        for folder in (course.folder.resolve(), problem_set.folder):
            if folder.is_relative_to(seen) and sets.BUILT_IN not in folder.parents:
                raise CourseError(
                    f"{folder} lies in {seen}, which students' code can read; move it"
                )


def _sandbox(given: argparse.Namespace) -> "Mode":
    from coursework import sandbox

    chosen = sandbox.choose(given.sandbox, given.image)
    if chosen.mode == "limits":
        reason = chosen.reason or "It was asked for: --sandbox limits."
        print(sandbox.WARNING.format(reason=reason), file=sys.stderr)
    return chosen


def _gradebook(given: argparse.Namespace) -> int:
    from coursework import gradebook, policy

    course = Course(given.course)
    problem_set = sets.load(sets.find(given.set, given.course))
    if given.dry_run:
        graded = [p.id for p in course.roster() if course.result(p.id, problem_set.name).exists()]
        print(f"would enter {len(graded)} results into {gradebook.database(course)}")
        return 0
    anonymous = policy.load(course, problem_set.name).anonymous
    entered = gradebook.enter(course, problem_set, anonymous)
    by_hand = f"; marks given by hand: {entered.kept} kept, {entered.cleared} cleared"
    print(
        f"{gradebook.database(course)} is up to date"
        + (by_hand if entered.kept or entered.cleared else "")
    )
    return _needs_a_look(entered.odd)


def _feedback(given: argparse.Namespace) -> int:
    from coursework import feedback, marks

    course = Course(given.course)
    problem_set = sets.load(sets.find(given.set, given.course))
    name, pages = problem_set.name, {}
    standings = marks.standings(course, problem_set)
    problems = _together({standing.person.id: standing.looks for standing in standings})
    for standing in standings:
        if standing.result is not None and standing.status != "changed":
            text = feedback.page(standing, problem_set.title)
            pages[standing.person.id] = text.encode(errors="replace")
    if given.zip:
        made = feedback.archive(course, problem_set, pages)
        problems += made.problems
        files = {course.folder / "feedback" / f"{name}.zip": made.content}
    else:
        files = {course.feedback(student, name): page for student, page in pages.items()}
    code = _write(files, given)
    return _needs_a_look(problems) or code


def _export(given: argparse.Namespace) -> int:
    from coursework import export, lms, marks, policy

    course = Course(given.course)
    problem_set = sets.load(sets.find(given.set, given.course))
    name = problem_set.name
    standings = marks.standings(course, problem_set)
    if given.platform:
        text = lms.marks(course, problem_set, standings, given.platform).encode()
        target = given.to or given.course / f"marks-{name}-{given.platform}.csv"
    else:
        due = policy.load(course, name).due is not None
        text = export.table(standings, problem_set, due).encode("utf-8-sig")
        target = given.to or given.course / f"marks-{name}.csv"
    code = _write({target: text}, given)
    listed = {standing.person.id for standing in standings}
    problems = _together({standing.person.id: standing.looks for standing in standings})
    untimed = [standing.person.id for standing in standings if standing.untimed]
    if untimed:
        problems.append(
            f"when they handed in is not known, and they are not taken for late: "
            f"{', '.join(untimed)}; enter it in {course.handed_in(name)}"
        )
    problems += [
        f"{stranger} handed in and is not on the roster"
        for stranger in sorted(set(course.submissions(name)) - listed)
    ]
    return _needs_a_look(problems) or code


def _statistics(given: argparse.Namespace) -> int:
    from coursework import marks, statistics

    course = Course(given.course)
    problem_set = sets.load(sets.find(given.set, given.course))
    print(statistics.table(marks.standings(course, problem_set), problem_set), end="")
    return 0


def _write(files: dict[Path, bytes], given: argparse.Namespace) -> int:
    """Write all of the files or, if one is there with another content, none."""
    new = {path: data for path, data in files.items() if not _has(path, data)}
    there = [path for path in new if path.exists()]
    if there and not given.overwrite:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise ExistsError(f"{there[0]}{more} would be overwritten; --overwrite allows it")
    for path, data in new.items():
        if not given.dry_run:
            write_whole(path, data)
    verb = "would write" if given.dry_run else "wrote"
    names = [str(path) for path in new]
    many = len(names) > 3
    listed = f"{len(names)} files in {os.path.commonpath(names)}" if many else ", ".join(names)
    print(f"{verb} {listed}" if names else "everything is there already")
    return 0


def _has(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _needs_a_look(problems: Iterable[str]) -> int:
    problems = list(problems)
    for problem in problems:
        print(f"LOOK: {_visible(problem)}", file=sys.stderr)
    return 1 if problems else 0


def _visible(text: str) -> str:
    """Return a text that does nothing to a terminal, whatever students call their files."""
    return "".join(c if c.isprintable() else "�" for c in text)
