"""Working clocks: instants to working minutes and back, lags and days on a calendar, at any date.

A calendar's own clock counts working minutes. Time is cut into spans in each of which a week repeats by arithmetic: the
calendar's own, or seven days of an exception, however long it lasts. Clock 0 is wall-clock time itself. The functions that look
things up are in `kernels`, so that they can be compiled together with the passes that call them; everything else asks a `Clock`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import attrs

from ipmo.memory import remember
from ipmo.model.calendars import CONTINUOUS, Calendar, shifts
from ipmo.model.portfolio import Portfolio
from ipmo.network.kernels import clocks as kernels
from ipmo.network.kernels import links as link_kernels
from ipmo.network.kernels.columns import FAR, Tables
from ipmo.units import DAY, WEEK, Span, minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]

__all__ = ["FAR", "WALL_CLOCK", "Clock", "Clocks", "Tables", "clocks_of", "months_later"]

Period = tuple[int, int]
Week = tuple[Period, ...]
"""Working periods in minutes from Monday's midnight, apart from each other and in order."""
Shifts = tuple[Period, ...]
"""Shifts that begin on a day, in minutes from its midnight; the last may run past the next one."""


def months_later(instant: int, months: int) -> int:
    """The same day some months later, or the last day of a shorter month; the time of day stays.

    >>> from datetime import date
    >>> from ipmo.units import moment
    >>> moment(months_later(minutes(date(2026, 1, 31)), 1)).date()
    datetime.date(2026, 2, 28)
    """
    return int(kernels.add_months(instant, months))


@attrs.frozen(eq=False)
class Clock:
    """The working clock of one calendar: it counts the minutes worked up to an instant.

    Args:
        number: its number among the clocks that it is packed with; 0 is wall-clock time.
        calendar: whose working time it counts, and what `1 d` is.
        tables: the packed clocks, for the kernels.

    >>> from datetime import datetime
    >>> from ipmo.model.calendars import STANDARD
    >>> from ipmo.units import as_span, moment
    >>> clock = Clocks([STANDARD]).of(STANDARD)
    >>> friday = minutes(datetime(2026, 3, 6, 15, 0))
    >>> moment(clock.shift(friday, as_span("4 h"))), clock.days(friday, friday + 3 * DAY)
    (datetime.datetime(2026, 3, 9, 11, 0), 1.0)
    """

    number: int
    calendar: Calendar
    tables: Tables = attrs.field(repr=False)
    day_minutes: int = attrs.field(init=False)

    @day_minutes.default
    def _day(self) -> int:
        return self.calendar.day_minutes

    def work(self, instant: int) -> int:
        """Minutes worked up to an instant; a clock's own count, of use in differences and in its other answers."""
        return int(kernels.work(self.tables, self.number, instant))

    def start(self, worked: int) -> int:
        """The latest instant with that many minutes worked: where the next minute of work begins."""
        return int(kernels.start_at(self.tables, self.number, worked))

    def finish(self, worked: int) -> int:
        """The earliest instant with that many minutes worked: where the last minute of work ends."""
        return int(kernels.finish_at(self.tables, self.number, worked))

    def waits(self, instant: int) -> bool:
        """Whether a finish at that instant falls into a break: it then lies where the next shift begins."""
        return bool(link_kernels.edged(self.tables, self.number, instant))

    def roomy(self, instant: int) -> bool:
        """Whether a latest finish at that instant leaves time to wait for the beginning of the next shift."""
        return bool(link_kernels.roomy(self.tables, self.number, instant))

    def between(self, begin: int, end: int) -> int:
        """Minutes worked between two instants; negative where the end comes first."""
        return self.work(end) - self.work(begin)

    def days(self, begin: int, end: int) -> float:
        """Working days between two instants; negative where the end comes first."""
        return (self.work(end) - self.work(begin)) / self.day_minutes

    def shift(self, instant: int, lag: Span, *, at_start: bool | None = None) -> int:
        """An instant so much later, or earlier where the lag is negative: working, elapsed, or calendar time.

        Args:
            instant: in minutes.
            lag: working time counts on this clock.
            at_start: where the work that is added ends with a shift: True for the start of the next one, False for that end;
                left out, the end after a positive lag, and the start of a shift else.
        """
        if lag.dimension == "step":
            return months_later(instant, lag.months)
        if lag.dimension == "elapsed":
            return instant + lag.elapsed_minutes
        length = self.calendar.minutes(lag)
        if at_start is None:
            at_start = length <= 0
        worked = self.work(instant) + length
        return self.start(worked) if at_start else self.finish(worked)


WALL_CLOCK = Clock(0, CONTINUOUS, ([2, 1, -FAR, 0, 0, 0, 1, WEEK], [0, 0, WEEK]))
"""Time itself, around the clock."""


def _merged(periods: Iterable[Period]) -> list[Period]:
    out: list[Period] = []
    for start, stop in sorted(periods):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(stop, out[-1][1]))
        elif stop > start:
            out.append((start, stop))
    return out


class Clocks:
    """The clocks of several calendars, packed for the kernels into two columns.

    The first begins with two numbers a clock: where its spans begin, and how many they are. Then it has six a span: where it
    begins, the work up to there, the work at instant 0 if its week had always held, where the periods of its week begin, how many
    they are, the work in them. The second column has three numbers a period of a week: its start, the work before it, its length.
    Two columns, because kernels hand them on with every look-up.

    Args:
        calendars: the calendars; clock `i + 1` is that of `calendars[i]`, clock 0 is wall-clock time.
        resting: (calendar, periods in which it rests too): clocks of work that is interrupted, after those of calendars.
        placed: (number of a clock before these, a period, minutes that are worked in it instead): clocks of work that is put
            where its calendar has a break, after those.
    """

    def __init__(
        self,
        calendars: Sequence[Calendar],
        resting: Sequence[tuple[Calendar, Sequence[Period]]] = (),
        placed: Sequence[tuple[int, Period, int]] = (),
    ) -> None:
        self.calendars = tuple(calendars)
        self.resting, self.placed = tuple(resting), tuple(placed)
        self.index = {calendar.id: place + 1 for place, calendar in enumerate(calendars)}
        for calendar in calendars:
            rests = calendar.holidays or calendar.exceptions or calendar.lost
            if not rests and sum(b - a for day in calendar.week_shifts() for a, b in day) == WEEK:
                self.index[calendar.id] = 0  # around the clock: wall-clock time
        usual = [CONTINUOUS, *calendars, *(calendar for calendar, _ in resting)]
        rests_of: list[Sequence[Period]] = [*([()] * (len(calendars) + 1)), *(periods for _, periods in resting)]
        spans_of = [_cut(_spans(one), [(*rest, ()) for rest in rests]) for one, rests in zip(usual, rests_of, strict=True)]
        everyone = usual + [usual[number] for number, _, _ in placed]
        spans_of += [_cut(spans_of[number], _placed(period, worked)) for number, period, worked in placed]
        head: list[int] = [0] * (2 * len(everyone))
        flat: list[int] = []
        weeks: dict[Week, tuple[int, int, int]] = {}

        def pack(week: Week) -> tuple[int, int, int]:
            """Where the periods of a week begin, how many they are, the work in them; the same week is packed once."""
            if week not in weeks:
                place, total = len(flat) // 3, 0
                for start, stop in week:
                    flat.extend((start, total, stop - start))
                    total += stop - start
                weeks[week] = (place, len(week), total)
            return weeks[week]

        for number in range(len(everyone)):
            head[2 * number : 2 * number + 2] = [len(head), len(spans := spans_of[number])]
            done = 0
            for place, (begin, week) in enumerate(spans):
                first, count, total = pack(week)
                since = _worked(week, total, begin) if place else 0
                head += [begin if place else -FAR, done, done - since, first, count, total]
                if place + 1 < len(spans):
                    done += _worked(week, total, spans[place + 1][0]) - since
        self.packed: Tables = (head, flat)
        self._clocks = [Clock(number, calendar, self.packed) for number, calendar in enumerate(everyone)]
        self._by_id = {
            calendar.id: clock if self.index[calendar.id] else Clock(0, calendar, self.packed)
            for calendar, clock in zip(calendars, self._clocks[1:], strict=False)
        }

    def __getitem__(self, number: int) -> Clock:
        """The clock of a number; 0 is wall-clock time."""
        return self._clocks[number]

    def __len__(self) -> int:
        """How many clocks there are, wall-clock time among them."""
        return len(self._clocks)

    def placing(self, placed: Sequence[tuple[int, Period, int]]) -> Clocks:
        """These clocks, and after them those of work that is put where its calendar has a break; see the constructor."""
        return Clocks(self.calendars, self.resting, placed)

    def of(self, calendar: Calendar) -> Clock:
        """The clock of a calendar, by its id; one that never rests keeps its own length of a day on wall-clock time."""
        return self._by_id[calendar.id]

    def clock(self, calendar: Calendar) -> int:
        """The number of a calendar's clock, by its id."""
        return self.index[calendar.id]

    def same_as(self, other: Clocks | None) -> bool:
        """Whether the clocks of others have the same numbers here."""
        if self is other or other is None:
            return self is other
        return (self.calendars, self.resting, self.placed) == (other.calendars, other.resting, other.placed)

    def worked(self, number: int, instants: Array) -> Array:
        """What `Clock.work` says of each of many instants, in numpy."""
        import numpy as np

        if number == 0:
            return instants
        head, flat = self.packed
        spans = np.array(head[head[2 * number] :][: 6 * head[2 * number + 1]], np.int64).reshape(-1, 6)
        periods = np.array(flat, np.int64).reshape(-1, 3)
        different, week = np.unique(spans[:, 3:5], axis=0, return_inverse=True)
        first = np.concatenate(([0], np.cumsum(different[:, 1])))
        rows = np.concatenate([np.arange(begin, begin + many) for begin, many in different.tolist()]).astype(np.int64)
        starts, before, lasts = periods[rows].T
        starts = starts + np.repeat(np.arange(len(different)), different[:, 1]) * WEEK
        place = np.searchsorted(spans[:, 0], instants, side="right") - 1
        weeks, rest = np.divmod(instants, WEEK)
        own = week.reshape(-1)[place]
        found: Array = spans[place, 2] + weeks * spans[place, 5]
        sought = own * WEEK + rest
        period = np.searchsorted(starts, sought, side="right") - 1
        begun = period >= first[own]
        period = np.maximum(period, 0)
        if len(rows):
            found += np.where(begun, before[period] + np.minimum(sought - starts[period], lasts[period]), 0)
        return found

    def arrays(self) -> Tables:
        """The packed tables as int64 arrays, for compiled kernels."""
        import numpy as np

        head, flat = self.packed
        return np.array(head, np.int64), np.array(flat, np.int64)


def clocks_of(portfolio: Portfolio) -> Clocks:
    """The clocks of a portfolio's calendars, packed once."""
    table = portfolio.calendar_table
    return remember(portfolio, "clocks", lambda: Clocks([table[name] for name in sorted(table)]))


def _week(calendar: Calendar) -> Week:
    """The working periods of a calendar's plain week, in minutes from Monday's midnight."""
    return _repeated(calendar.week_shifts())


def _repeated(days: Sequence[Shifts]) -> Week:
    """The working periods of a week that repeats, by the shifts that begin on each day of it; Sunday's night shift ends on Monday."""
    periods: list[Period] = []
    for day, times in enumerate(days):
        for start, stop in times:
            start, stop = day * DAY + start, day * DAY + stop
            periods.append((start, min(stop, WEEK)))
            if stop > WEEK:
                periods.append((0, stop - WEEK))
    return tuple(_merged(periods))


def _worked(week: Week, total: int, instant: int) -> int:
    """The work from instant 0 to another one, if a week had always held."""
    if not total:
        return 0
    weeks, rest = divmod(instant, WEEK)
    return weeks * total + sum(min(stop, rest) - start for start, stop in week if start < rest)


def _spans(calendar: Calendar) -> list[tuple[int, Week]]:
    """Where each span of a calendar begins, and the week that repeats in it; the first has no beginning."""
    normal = calendar.week_shifts()
    plain = _week(calendar)
    out: list[tuple[int, Week]] = [(-FAR, plain)]
    before: Shifts | None = None
    weeks: dict[Shifts | None, Week] = {None: plain}
    for day, until, rule in _runs(calendar):
        own = normal if rule is None else (rule,) * 7
        repeated = weeks[rule] if rule in weeks else weeks.setdefault(rule, _repeated(own))
        last = normal[(day - 1) % 7] if before is None else before
        over = _past_midnight(last)
        if over == _past_midnight(own[(day - 1) % 7]):
            out.append((day * DAY, repeated))
        else:  # a night shift ends in this day, or ends no more
            today = [*over, *((start, min(stop, DAY)) for start, stop in own[day % 7])]
            out.append((day * DAY, tuple(_merged((day % 7 * DAY + start, day % 7 * DAY + stop) for start, stop in today))))
            if until is None or until > day + 1:
                out.append(((day + 1) * DAY, repeated))
        before = rule
    return out


def _cut(spans: list[tuple[int, Week]], pieces: Sequence[tuple[int, int, Week]]) -> list[tuple[int, Week]]:
    """Spans of a calendar with other weeks in some periods (from, until, the week that holds there), which are in order and apart."""
    if not pieces:
        return spans
    out: list[tuple[int, Week]] = []
    for place, (begin, week) in enumerate(spans):
        end = spans[place + 1][0] if place + 1 < len(spans) else FAR
        at = begin
        for since, until, other in pieces:
            if since < end and until > at:
                if since > at:
                    out.append((at, week))
                out.append((max(since, at), other))
                at = min(until, end)
        if at < end:
            out.append((at, week))
    return out


def _placed(period: Period, worked: int) -> list[tuple[int, int, Week]]:
    """Weeks in which so many minutes of a period are worked, as far as it has as many: half of them as it begins, half as it ends."""
    begin, end = period
    first = (worked + 1) // 2
    if not 1 < worked < end - begin:
        return [(begin, end, ((0, WEEK),))]
    return [(begin, begin + first, ((0, WEEK),)), (begin + first, end - worked + first, ()), (end - worked + first, end, ((0, WEEK),))]


def _past_midnight(times: Shifts) -> Shifts:
    """What the shifts of a day reach into the next one, in minutes of that."""
    return tuple((0, stop - DAY) for _, stop in times if stop > DAY)


def _runs(calendar: Calendar) -> Iterator[tuple[int, int | None, Shifts | None]]:
    """First day, the day after the last, and the shifts of each run of days with one rule, from the first exception on.

    Without shifts it is the calendar's own week. Of several exceptions on a day the last one holds; exceptions come after holidays.
    """
    rules: list[tuple[int, int, Shifts]] = [(_day(one), _day(one) + 1, ()) for one in calendar.holidays]
    rules += [(_day(one.first), _day(one.last or one.first) + 1, shifts(one.hours)) for one in calendar.exceptions]
    starts = sorted(range(len(rules)), key=lambda number: rules[number][0])
    cuts = sorted({day for first, after, _ in rules for day in (first, after)})
    ahead: list[int] = []  # numbers of the rules that have begun, the last one first
    came, held, since = 0, None, None
    for day in cuts:
        while came < len(starts) and rules[starts[came]][0] <= day:
            heapq.heappush(ahead, -starts[came])
            came += 1
        while ahead and rules[-ahead[0]][1] <= day:
            heapq.heappop(ahead)
        rule = rules[-ahead[0]][2] if ahead else None
        if since is None or rule != held:
            if since is not None:
                yield since, day, held
            since, held = day, rule
    if since is not None:
        yield since, None, held


def _day(day: date) -> int:
    """A day's number since the first."""
    return minutes(day) // DAY
