"""Time as an aspect of control: a finish beside what was committed to, by the days that people say, in words."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from ipmo.analysis.control.aspect import Aspect
from ipmo.analysis.dates.by_day import days_after, in_time, later_by
from ipmo.units import DAY, day_text, moment

__all__ = ["Reached", "end_unknown", "never_known", "time_told"]


class Reached(NamedTuple):
    """A finish beside what was committed to, as instants.

    Args:
        due: the last instant that keeps what was committed to.
        done: the forecast finish.
        from_morning: that begins its day, so that midnight is the next day and not the end of the one before.
        begins: both are of a start, which a constraint asks for.
    """

    due: int
    done: int
    from_morning: bool = False
    begins: bool = False

    @property
    def over(self) -> int:
        """By how many minutes it is late, by the days that are said."""
        return round(days_after(self.done, self.due, at_finish=True, from_morning=self.from_morning) * DAY)

    def colour(self, limit: int) -> str:
        """Green within the commitment, amber within a limit, else red."""
        if in_time(self.done, self.due, from_morning=self.from_morning):
            return "green"
        return "amber" if in_time(self.done, limit, from_morning=self.from_morning) else "red"


def end_unknown(commitment: int, rag: str | None, limited: bool, why: str) -> Aspect:
    """The aspect of time where it is not known when something finishes."""
    return Aspect(name="time", rag=rag, text=f"committed to {day_text(moment(commitment), finish=True)}; {why}", withholds=limited)


def never_known(why: str) -> Aspect:
    """The aspect of time of what is committed to nothing, where it is not known when it finishes: whatever else is known of it, it is not green."""
    return Aspect(name="time", rag=None, text=f"not known when it finishes: {why}", withholds=True)


def time_told(about: str, first: str, rag: str, dates: Reached, limit: int, limited: bool, stake: Fraction | None) -> Aspect:
    """The aspect of time in words.

    Args:
        about: what of the item finishes then, in words; empty of the item itself.
        first: what stands before the day, where it may be later still.
        rag: its colour.
        dates: what was committed to, and the forecast.
        limit: the last instant within tolerance.
        limited: somebody stated that tolerance.
        stake: what is at stake beyond it.
    """
    said = day_text(moment(dates.done), finish=not (dates.from_morning or dates.begins))
    text = f"{about}{'starts' if dates.begins else 'finishes'} {first}{said}, committed to {day_text(moment(dates.due), finish=not dates.begins)}"
    if rag == "green":
        return Aspect(name="time", rag=rag, text=text)
    if rag == "amber":
        return Aspect(name="time", rag=rag, text=f"{text}, within tolerance")
    least = "at least " if first else ""
    over = f"{least}{later_by(dates.done, limit, from_morning=dates.from_morning)} beyond {'tolerance' if limited else 'the commitment'}"
    return Aspect(name="time", rag=rag, text=f"{text}, {over}", over=over if limited else "", stake=stake)
