"""How a file of Primavera P6 is made up: which project is a baseline of which, and where each element of the WBS stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from ipmo.files.foreign import Intake
from ipmo.files.xer_tables import Row
from ipmo.findings import Severity
from ipmo.words import agree, counted

__all__ = ["above_activities", "baselines_of", "chosen_baselines", "first_of_each", "say_gone", "spanned", "wbs_path"]

SPANS = ("TT_WBS", "TT_LOE")
"""Types of activities whose dates are those of others."""
MAX_DEPTH = 90
"""Levels of WBS elements that are read as summaries, one in the other."""


def first_of_each(intake: Intake, rows: Iterable[tuple[int, Row]], key: str, what: str) -> dict[str, tuple[int, Row]]:
    """Rows with their lines by a key; a later one with the same key is left out, with a finding where it says something else.

    Args:
        intake: takes the findings.
        rows: with their lines.
        key: the field that tells them apart.
        what: one of them, in words.
    """
    found: dict[str, tuple[int, Row]] = {}
    for line, row in rows:
        known = found.setdefault(row[key], (line, row))
        if known[1] is row:
            continue
        if known[1] == row:
            intake.understood += 1
        else:
            intake.refuse(f"{what} {row[key][:40]!r}", f"another has its {key}, in line {known[0]}", line)
    return found


def baselines_of(intake: Intake, rows: Iterable[tuple[int, Row]]) -> dict[str, str]:
    """The project of each baseline, by their keys; of projects that name each other the first in the file is none.

    Args:
        intake: takes the findings.
        rows: of table PROJECT, with their lines.
    """
    lines = {row["proj_id"]: (line, row) for line, row in reversed(list(rows))}
    found = {key: original for key, (_, row) in lines.items() if (original := row.get("orig_proj_id", "")) in lines and original != key}
    for key, (line, row) in reversed(lines.items()):
        if (original := row.get("orig_proj_id", "")) and original not in lines:
            intake.note(
                "baseline-alone",
                f"project {row.get('proj_short_name') or key!r} is a baseline of a project that is not in the file; it is read as a project of its own",
                "export the project with its baselines, or leave this one out",
                line=line,
            )
    order = {key: place for place, key in enumerate(reversed(list(lines)))}
    settled: set[str] = set()
    for key in list(found):
        way: list[str] = []
        on_way: set[str] = set()
        while key in found and key not in settled and key not in on_way:
            way.append(key)
            on_way.add(key)
            key = found[key]
        if key in on_way:
            ring = sorted(way[way.index(key) :], key=order.__getitem__)
            first = ring[0]
            del found[first]
            names = " and ".join(repr(lines[one][1].get("proj_short_name") or one) for one in ring[:3])
            intake.note(
                "baseline-ring",
                f"projects {names} are baselines of each other; the first in the file is read as the project",
                "export the project with its baselines anew",
                line=lines[first][0],
            )
        settled |= on_way
    return found


def chosen_baselines(intake: Intake, rows: Iterable[tuple[int, Row]], baselines: Mapping[str, str]) -> set[str]:
    """Of several baselines of a project the one whose dates are read: that which P6 compares with, else the last of the file.

    Args:
        intake: takes a finding for each project that has several.
        rows: of table PROJECT, with their lines.
        baselines: the project of each baseline, by their keys.
    """
    found = {row["proj_id"]: (line, row) for line, row in rows}
    of: dict[str, list[str]] = {}
    for key in found:
        if key in baselines:
            of.setdefault(baselines[key], []).append(key)
    chosen = set()
    for project, keys in of.items():
        line, row = found[project]
        assigned = row.get("sum_base_proj_id", "")
        taken = assigned if assigned in keys else keys[-1]
        chosen.add(taken)
        if len(keys) > 1:
            names = {key: repr(found[key][1].get("proj_short_name") or key) for key in keys}
            why = "which P6 compares it with" if taken == assigned else "the last of the file, as none is assigned to it"
            left = ", ".join(names[key] for key in keys if key != taken)
            intake.note(
                "baselines",
                f"project {row.get('proj_short_name') or project!r} has {len(keys)} baselines: the dates of {names[taken]} are read, {why}; left out: {left}",
                "to read another, assign it as the project baseline in P6, or export it alone",
                line=line,
                severity=Severity.INFO if taken == assigned else Severity.WARNING,
            )
    return chosen


def above_activities(elements: Mapping[str, tuple[int, Row]], used: Iterable[str]) -> set[str]:
    """The elements of the WBS that hold activities, and all that stand above them.

    Args:
        elements: rows of the WBS with their lines, by key.
        used: the keys that activities name.
    """
    found: set[str] = set()
    for key in used:
        while key in elements and key not in found:
            found.add(key)
            key = elements[key][1].get("parent_wbs_id", "")
    return found


def wbs_path(elements: Mapping[str, tuple[int, Row]], key: str) -> list[str] | None:
    """The short names from the top of the WBS down to an element; None of one that lies too deep, or inside itself."""
    path: list[str] = []
    while key in elements and elements[key][1].get("proj_node_flag") != "Y":
        if len(path) > MAX_DEPTH - 1:
            return None
        path.append(elements[key][1].get("wbs_short_name") or key)
        key = elements[key][1].get("parent_wbs_id", "")
    return path[::-1]


def spanned(elements: Mapping[str, tuple[int, Row]], activities: Iterable[Row]) -> dict[str, list[str]]:
    """The activities that each WBS summary lasts over: those of its own element and of the ones below; those that span others apart.

    Args:
        elements: rows of table PROJWBS, with their lines, by key.
        activities: rows of table TASK.
    """
    rows = list(activities)
    asked: dict[str, list[str]] = {}
    for row in rows:
        if row.get("task_type") == "TT_WBS":
            asked.setdefault(row.get("wbs_id", ""), []).append(row["task_id"])
    found: dict[str, list[str]] = {task: [] for tasks in asked.values() for task in tasks}
    for row in rows if asked else ():
        if row.get("task_type") in SPANS:
            continue
        key, seen = row.get("wbs_id", ""), set()
        while key in elements and key not in seen:
            seen.add(key)
            for task in asked.get(key, ()):
                found[task].append(row["task_id"])
            key = elements[key][1].get("parent_wbs_id", "")
    return found


def say_gone(
    intake: Intake, baselines: Collection[tuple[str, str]], tasks: Iterable[tuple[int, Row]], projects: Iterable[tuple[int, Row]]
) -> None:
    """A finding on how many activities of a baseline its project has no longer, or by another id: their dates have no home.

    Args:
        intake: takes the findings.
        baselines: project and code of each activity of a baseline.
        tasks: of table TASK, with their lines.
        projects: of table PROJECT, with their lines.
    """
    if not baselines:
        return
    codes = {(row["proj_id"], row["task_code"]) for _, row in tasks}
    gone = Counter(project for project, code in baselines if (project, code) not in codes)
    for line, row in projects:
        if count := gone.get(row["proj_id"], 0):
            intake.note(
                "baseline-gone",
                f"{counted(count, 'activity', 'activities')} of the baseline of project {row.get('proj_short_name') or row['proj_id']!r}"
                f" {agree(count, 'is', 'are')} not in it; their dates are left out",
                line=line,
                severity=Severity.INFO,
            )
