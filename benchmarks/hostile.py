"""Small files that ask for much: each against a clean file of its size, in processor time and memory.

    python benchmarks/hostile.py [words of a kind]

Whatever stands in it, a file is answered or refused within ten times the time of a clean one, and within 1 GB. Reading makes nouns of
what is looked at; to read is here to look at all of it, as whoever refuses a file has to.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import generators

import ipmo

TIMES, MEMORY = 10.0, 1024.0
NAMESPACE = "http://schemas.microsoft.com/project"
Kind = tuple[str, str, str, Callable[[Path], object]]


def portfolio(**fields: Any) -> str:
    """A portfolio as JSON."""
    return json.dumps({"ipmo": 1, "portfolio": {"id": "P", "start": "2026-01-05", "status_date": "2026-01-05"}, **fields})


def tasks(count: int, **more: Any) -> list[dict[str, Any]]:
    """Tasks, each of them a day long."""
    return [{"id": f"t{number}", "duration": "1 d", **{key: value(number) for key, value in more.items()}} for number in range(count)]


def project(*calendars: dict[str, Any], count: int = 5) -> str:
    """Projects on a calendar each."""
    projects = [{"id": f"A{number}", "calendar": one["id"], "tasks": tasks(count)} for number, one in enumerate(calendars)]
    return portfolio(calendars=list(calendars), projects=projects)


def monthly(years: range) -> list[dict[str, str]]:
    """An exception in every month."""
    return [
        {"from": f"{year:04}-{month:02}-01", "to": f"{year:04}-{month:02}-20", "hours": "none"} for year in years for month in range(1, 13)
    ]


def mspdi(names: Callable[[int], str], links: Callable[[int], str] = lambda uid: "", calendars: int = 1, count: int = 5000) -> str:
    """A plan of Microsoft Project."""
    day = "<DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>16:00:00</ToTime></WorkingTime></WorkingTimes>"
    week = "".join(f"<WeekDay><DayType>{one}</DayType>{day}</WeekDay>" for one in range(2, 7))
    derived = "".join(
        f"<Calendar><UID>{uid}</UID><Name>c{uid}</Name><BaseCalendarUID>{uid - 1 or -1}</BaseCalendarUID><WeekDays>{week}</WeekDays></Calendar>"
        for uid in range(1, calendars + 1)
    )
    rows = "".join(
        f"<Task><UID>{uid}</UID><Name>{names(uid)}</Name><OutlineLevel>1</OutlineLevel><Duration>PT8H0M0S</Duration>{links(uid)}</Task>"
        for uid in range(1, count)
    )
    head = "<StartDate>2026-01-05T08:00:00</StartDate><CalendarUID>1</CalendarUID><MinutesPerDay>480</MinutesPerDay>"
    return f'<Project xmlns="{NAMESPACE}">{head}<Calendars>{derived}</Calendars><Tasks>{rows}</Tasks></Project>'


def after(uid: int) -> str:
    """Half of the predecessor's duration later."""
    inside = f"<PredecessorUID>{uid - 1}</PredecessorUID><Type>1</Type><LinkLag>50</LinkLag><LagFormat>19</LagFormat>"
    return f"<PredecessorLink>{inside}</PredecessorLink>" if uid > 1 else ""


def xer(names: Callable[[int], str], count: int = 5000) -> str:
    """A plan of Primavera P6, each activity after the one before it."""
    given = generators.xer_text([8] * count, [(number, number + 1, "FS", 0) for number in range(count - 1)])
    lines = given.split("\r\n")
    for place, line in enumerate(lines):
        cells = line.split("\t")
        if cells[0] == "%R" and len(cells) > 6 and cells[6].startswith("A"):
            cells[6] = names(place)
            lines[place] = "\t".join(cells)
    return "\r\n".join(lines)


def read_all(path: Path) -> object:
    """The portfolio, every noun of it looked at."""
    found = ipmo.read(path)
    return len(list(found.items.values())), len(found.links)


def scheduled(path: Path) -> object:
    """The schedule, loops cut."""
    return ipmo.schedule(read_and_hold(path), on_cycle="cut").finish


def read_and_hold(path: Path) -> Any:
    """A portfolio of which all nouns are there."""
    found = ipmo.read(path)
    list(found.items.values())
    return found


def reported(path: Path) -> object:
    """The report beside the file."""
    return ipmo.report(path, path.with_suffix(".html"))


def kinds() -> Iterator[Kind]:
    """(what, ending, text, question) of each."""
    yield from nothing_there()
    yield from calendars()
    yield from chains()
    yield from loops()
    yield from other_tools()


def nothing_there() -> Iterator[Kind]:
    """Names of nothing, and many of them."""
    read = read_all
    yield (
        "20,000 references to nothing",
        ".json",
        portfolio(projects=[{"id": "A", "tasks": tasks(20_000, after=lambda n: [f"x{n}"])}]),
        read,
    )
    links = [{"from": f"A/x{number}", "to": f"A/y{number}"} for number in range(10_000)]
    yield "10,000 links to nothing", ".json", portfolio(projects=[{"id": "A", "tasks": tasks(5000)}], links=links), read
    yield "50,000 unknown fields", ".json", portfolio(**{f"k{number}": 1 for number in range(50_000)}), read
    yield (
        "50,000 unknown fields of a task",
        ".json",
        portfolio(projects=[{"id": "A", "tasks": [{"id": "t", **{f"k{n}": 1 for n in range(50_000)}}]}]),
        read,
    )


def calendars() -> Iterator[Kind]:
    """Exceptions that last, and many of them."""
    check = ipmo.check
    for_ever = [{"id": f"c{n}", "exceptions": [{"from": "0001-01-01", "to": "9999-12-31", "hours": f"09:00-12:{n:02}"}]} for n in range(60)]
    yield "60 exceptions for ever", ".json", project(*for_ever), check
    yield "an exception a month for a thousand years", ".json", project({"id": "c", "exceptions": monthly(range(2000, 3000))}), check
    yield (
        "100 calendars with an exception a month",
        ".json",
        project(*({"id": f"c{n}", "exceptions": monthly(range(2000, 2010))} for n in range(100))),
        check,
    )
    centuries = [{"id": f"c{n}", "exceptions": monthly(range(1900 + n, 2900, 10))} for n in range(20)]
    yield "20 calendars with exceptions over a thousand years", ".json", project(*centuries), check


def chains() -> Iterator[Kind]:
    """Long chains, hubs, and columns for each project."""
    check = ipmo.check
    chain = [{"from": f"A{number}/t0", "to": f"A{number + 1}/t0"} for number in range(4999)]
    alone = [{"id": f"A{number}", "tasks": tasks(1)} for number in range(5000)]
    yield "a chain of links through 5,000 projects of one task", ".json", portfolio(projects=alone, links=chain), check
    hub = [{"id": "hub", "duration": "1 d"}, *tasks(10_000, after=lambda number: ["hub"])]
    yield "10,000 tasks after one, what if it is late", ".json", portfolio(projects=[{"id": "A", "tasks": hub}]), late
    yield (
        "the report of a chain through 2,000 projects",
        ".json",
        portfolio(projects=alone[:2000], links=chain[:1999]),
        reported,
    )
    assessed = [
        {**one, "confidence": [{"date": "2026-01-05", "assessor": f"assessor {number}", "rating": "green"}]}
        for number, one in enumerate(alone[:2000])
    ]
    yield "the report of 2,000 projects with an assessor each", ".json", portfolio(projects=assessed), reported


def loops() -> Iterator[Kind]:
    """Links that lead back."""
    names = [f"t{number}" for number in range(60)]
    each = [{"id": one, "duration": "1 d", "after": [other for other in names if other != one]} for one in names]
    yield "60 tasks, each after all others", ".json", portfolio(projects=[{"id": "A", "tasks": each}]), scheduled
    apart = [{"id": f"A{number}", "tasks": tasks(1)} for number in range(200)]
    links = [{"from": f"A{a}/t0", "to": f"A{b}/t0"} for a in range(200) for b in range(200) if a != b]
    yield "links between all of 200 projects, both ways", ".json", portfolio(projects=apart, links=links), scheduled
    below = [{"id": "a", "duration": "1 d", "after": ["b"]}, {"id": "b", "duration": "1 d", "after": ["a"]}]
    below += tasks(8000, after=lambda number: [f"t{number - 1}" if number else "b"])
    yield "a chain of 8,000 below a loop of two", ".json", portfolio(projects=[{"id": "A", "tasks": below}]), scheduled


def other_tools() -> Iterator[Kind]:
    """Files of other tools."""
    read = read_all
    yield "5,000 activities of one name (XER)", ".xer", xer(lambda place: "same"), read
    yield "5,000 tasks of one name (MSPDI)", ".xml", mspdi(lambda uid: "same"), read
    yield "5,000 percent lags (MSPDI)", ".xml", mspdi(lambda uid: f"t{uid}", after), read
    yield "a chain of 1,000 derived calendars (MSPDI)", ".xml", mspdi(lambda uid: f"t{uid}", calendars=1000, count=5), read


def late(path: Path) -> object:
    """What a delay of the first task of project A does, as a table."""
    found = ipmo.read(path)
    return ipmo.what_if(found, ipmo.changes.Delay(f"A/{found.projects[0].tasks[0].id}", "10 d")).table()


def clean(size: int) -> str:
    """A portfolio of about that many bytes, in projects of a hundred linked tasks."""
    inner = tasks(100, after=lambda number: [f"t{number - 1}"] if number else [])
    one = len(json.dumps(inner)) + 20
    return portfolio(projects=[{"id": f"A{number}", "tasks": inner} for number in range(max(size // one, 1))])


def measured(path: Path, ask: Callable[[Path], object], out: Any) -> None:
    """Seconds of processor time and megabytes at the peak of one question, in a process of its own."""
    begin = time.process_time()
    try:
        ask(path)
        said = "answered"
    except ipmo.IpmoError as error:
        said = f"refused, {len(getattr(error, 'problems', ()) or [1]):,} problems"
    except Exception as error:  # whoever waits for this process is told
        said = f"CRASHED: {error!r:.200}"
    out.put((time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, said))


def main() -> int:
    """Prints a row a kind; 1 when one is beyond its limits."""
    fork = multiprocessing.get_context("fork")
    ipmo.schedule(ipmo.from_dict(json.loads(clean(1))))  # compiled kernels are loaded once
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for what, ending, text, ask in kinds():
            if not all(word in what for word in sys.argv[1:]):
                continue
            found = []
            for name, content in (("hostile" + ending, text), ("clean.json", clean(len(text)))):
                path = Path(folder) / name
                path.write_text(content)
                out = fork.Queue()
                process = fork.Process(target=measured, args=(path, ask, out))
                process.start()
                found.append(out.get())
                process.join()
            (took, peak, said), (usual, _, _) = found
            usual = max(usual, 0.05)
            fits = took <= TIMES * usual and peak <= MEMORY and not said.startswith("CRASHED")
            good = good and fits
            mark = "ok " if fits else "LOW"
            print(
                f"{mark} {what}: {took / usual:.1f} times a clean file of its {len(text) / 1e6:.1f} MB ({took:.2f} s), {peak:.0f} MB, {said}",
                flush=True,
            )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
