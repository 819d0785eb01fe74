"""What a file of Microsoft Project's XML (MSPDI) holds and nobody reads: other baselines, projects inserted from other files; each is said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ipmo.errors import listed
from ipmo.files.foreign import Intake
from ipmo.files.xml_elements import Element
from ipmo.findings import Severity
from ipmo.words import agree, counted

__all__ = ["say_counts", "say_unread"]


def say_unread(intake: Intake, rows: Sequence[Element]) -> None:
    """Findings on baselines beside the one that Project compares with, on those that end before they begin, and on inserted projects.

    Args:
        intake: takes the findings.
        rows: the tasks.
    """
    numbers: Counter[str] = Counter()
    for row in rows:
        for baseline in row.all("Baseline"):
            number, first, last = baseline.get("Number") or "0", baseline.get("Start") or "", baseline.get("Finish") or ""
            numbers[number] += 1
            if number == "0" and first and last and last < first:
                name = row.get("Name") or row.get("UID") or ""
                told = f"the baseline of task {name!r} ends before it begins; its dates are left out"
                intake.note("baseline-order", told, line=baseline.line)
    others = sorted((number for number in numbers if number != "0"), key=lambda one: (len(one), one))
    if others:
        kept = "the one that Project compares with is read" if numbers["0"] else "there is none that Project compares with, and nothing is"
        told = f"{agree(len(others), 'baseline', 'baselines')} {listed(others)} {agree(len(others), 'is', 'are')} left out: {kept}"
        intake.note("baselines", told, "copy the one that counts to the baseline without a number", severity=Severity.INFO)
    inserted = [row.get("SubprojectName") or row.get("Name") or "" for row in rows if row.flag("IsSubproject") or row.get("SubprojectName")]
    if inserted:
        told = f"{counted(len(inserted), 'task')} {agree(len(inserted), 'stands', 'stand')} for projects of other files, which are not read: {listed(inserted)}"
        intake.note("inserted-project", told, "read those files too; here each lasts as long as this file says")


def say_counts(intake: Intake, found: Mapping[str, int]) -> None:
    """Findings on what was counted and is not said row by row.

    Args:
        intake: takes the findings.
        found: how often each was found.
    """
    for what, one, many in (
        ("inactive", "inactive task is left out: it moves nothing", "inactive tasks are left out: they move nothing"),
        (
            "inactive-links",
            "link from an inactive task is left out: it moves nothing",
            "links from inactive tasks are left out: they move nothing",
        ),
        (
            "manual",
            "task is scheduled by hand: it keeps its dates, whatever comes before",
            "tasks are scheduled by hand: they keep their dates, whatever comes before",
        ),
        (
            "split",
            "task is split: it is read as one stretch from its first to its last working minute",
            "tasks are split: they are read as one stretch each, from the first to the last working minute",
        ),
        (
            "no-currency",
            "task has costs, which are left out: the file names no currency (CurrencyCode)",
            "tasks have costs, which are left out: the file names no currency (CurrencyCode)",
        ),
    ):
        if count := found.get(what, 0):
            severity = Severity.WARNING if what == "no-currency" else Severity.INFO
            intake.note(what, f"{count} {one if count == 1 else many}", severity=severity)
