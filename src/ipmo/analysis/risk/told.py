"""How sure dates and money are, in sentences."""

from __future__ import annotations

from ipmo.analysis.dates.doubts import end_not_known
from ipmo.analysis.risk.outcomes import Dates, Sums
from ipmo.analysis.risk.precision import of_share
from ipmo.analysis.risk.sketched import SketchedDates
from ipmo.analysis.risk.undated import Undated

__all__ = ["costs_said", "dates_said", "done_said", "end_said", "sketch_said", "undated_said", "values_said"]


def end_said(found: Dates) -> str:
    """The finish of an item in a few words, for the line of a whole simulation."""
    if found.doubt:
        return f"finish {end_not_known('' if found.planned is None else str(found.planned_day))}"
    return f"finish P50 {found.p(50)}, P80 {found.p(80)}{', or later' if found.at_least else ''}"


def sketch_said(found: SketchedDates) -> str:
    """The dates of an item of which no samples were kept."""
    first, last = found.p_between(50)
    low, high = found.p_between(80)
    said = f"half of the samples come by a day from {first} to {last}, four of five by one from {low} to {high}: a sketch, no samples were kept"
    return f"{said}; its dates are lower bounds" if found.at_least else said


def dates_said(found: Dates) -> str:
    """The dates of an item, and how sure its commitment is."""
    if found.doubt:
        ends = end_not_known("" if found.planned is None else str(found.planned_day))
        said = f"when all of it is done is {ends}: {found.doubt}; what of it has dates ends by {found.p(80)} in four of five samples"
        return said + _kept_said(found)
    verb = "starts" if found.begins else "finishes"
    said = f"{verb} by {found.p(50)} in half of the samples, by {found.p(80)} in four of five"
    if found.at_least:
        said += ", or later: work that this rests on has no duration"
        said += "" if found.committed is None else f", so nothing says how sure its commitment of {found.committed} is"
    if found.planned is not None and found.on_plan is not None:
        said += f"; the schedule says {found.day(found.planned)}, which {found.on_plan:.0%} of the samples keep"
    if found.committed is not None and found.sure is not None:
        said += f"; its commitment of {found.committed} is {found.sure:.1%} sure ({_error_said(found.sure, len(found.instants))})"
    return said


def _error_said(share: float, count: int) -> str:
    """How far a share of the samples may be off: its standard error; of none or all of them what 95 in 100 such simulations keep within (rule of three)."""
    return (
        f"standard error {of_share(share, count):.1%}"
        if 0 < share < 1
        else f"all of {count:,} samples: at most {min(3 / count, 1):.1%} off"
    )


def done_said(found: Dates) -> str:
    """Whether what is done kept its commitment."""
    if found.committed is None or found.sure is None:
        return ""
    return f"; its commitment of {found.committed} {'is kept' if found.sure else 'was missed'}"


def costs_said(found: Sums) -> str:
    """What an item costs, and how sure its budget is."""
    what = "what happens to it" if found.planned is None else "it"  # risks alone are not what it costs
    said = f"{what} costs {found.p(50):,} or less in half of the samples, {found.p(80):,} or less in four of five ({found.what})"
    if found.planned is not None:
        said += f"; the plan says {found.money(found.planned):,}, which {found.known_within(found.money(found.planned)):.0%} of the samples keep"
    if found.budget is not None and found.sure is not None:
        said += f"; its budget of {found.money(found.budget):,} is {found.sure:.1%} sure ({_error_said(found.sure, len(found.minor))})"
    return said + lacking_said(found)


def values_said(found: Sums) -> str:
    """What an item is worth."""
    said = f"it is worth {found.mean:,} on average, {found.p(20):,} or more in four of five samples ({found.what})"
    return said + lacking_said(found)


def lacking_said(found: Sums) -> str:
    """What is in no sum, because nobody knows it."""
    if not found.missing:
        return ""
    budget = "" if found.budget is None or found.sure is not None else ", so nothing says how sure its budget is"
    return f"; not in it: {', '.join(found.missing)}{budget}"


def undated_said(found: Undated) -> str:
    """Why an item has no dates, and what becomes of its commitment."""
    return f"it has no date in any sample: {found.doubt}{_kept_said(found)}"


def _kept_said(found: Dates | Undated) -> str:
    if found.committed is None:
        return ""
    return f"; {'no sample keeps' if found.never else 'nothing says how sure it is to keep'} its commitment of {found.committed}"
