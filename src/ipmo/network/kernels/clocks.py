"""Working time: instants to working minutes and back, and calendar months. See `kernels.columns` for what clocks are."""

from __future__ import annotations

from ipmo.network.kernels.columns import FAR, Tables


def work(cal: Tables, clock: int, instant: int) -> int:
    """Working minutes of a clock up to an instant: non-decreasing."""
    if clock == 0:
        return instant
    head, periods = cal
    row = head[2 * clock]
    count = head[2 * clock + 1]
    if count > 1:  # the last span that begins at or before the instant; the first has no beginning
        lo = 1
        while lo < count:
            mid = (lo + count) // 2
            if head[row + 6 * mid] <= instant:
                lo = mid + 1
            else:
                count = mid
        row += 6 * (lo - 1)
    weeks = instant // 10080
    rest = instant - weeks * 10080
    total = head[row + 2] + weeks * head[row + 5]
    base = lo = head[row + 3]
    hi = lo + head[row + 4]
    while lo < hi:  # the last period that starts at or before the instant
        mid = (lo + hi) // 2
        if periods[3 * mid] <= rest:
            lo = mid + 1
        else:
            hi = mid
    if lo == base:
        return total
    inside = rest - periods[3 * lo - 3]
    if inside > periods[3 * lo - 1]:
        inside = periods[3 * lo - 1]
    return total + periods[3 * lo - 2] + inside


def start_at(cal: Tables, clock: int, worked: int) -> int:
    """The latest instant with that many minutes worked: where the next minute of work begins."""
    if clock == 0 or worked >= FAR // 2 or worked <= -FAR // 2:
        return worked
    head, periods = cal
    row = head[2 * clock]
    count = head[2 * clock + 1]
    last = row + 6 * (count - 1)
    if count > 1:  # the last span with at most that much work before it
        lo = 1
        while lo < count:
            mid = (lo + count) // 2
            if head[row + 6 * mid + 1] <= worked:
                lo = mid + 1
            else:
                count = mid
        row += 6 * (lo - 1)
    week = head[row + 5]
    if week == 0:  # only the first and the last span can be chosen without work in them
        return FAR if row == last and worked >= head[row + 1] else -FAR
    worked -= head[row + 2]
    weeks = worked // week
    rest = worked - weeks * week
    lo = head[row + 3]
    hi = lo + head[row + 4]
    while lo < hi:  # the last period with at most that much work before it
        mid = (lo + hi) // 2
        if periods[3 * mid + 1] <= rest:
            lo = mid + 1
        else:
            hi = mid
    return weeks * 10080 + periods[3 * lo - 3] + rest - periods[3 * lo - 2]


def finish_at(cal: Tables, clock: int, worked: int) -> int:
    """The earliest instant with that many minutes worked: where the last minute of work ends."""
    if clock == 0 or worked >= FAR // 2 or worked <= -FAR // 2:
        return worked
    return start_at(cal, clock, worked - 1) + 1


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 0001-01-01 of a date (Hinnant's algorithm)."""
    if month <= 2:
        year -= 1
        month += 12
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month - 3) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 306


def month_of(days: int) -> int:
    """Months since year 0 of a day number; the inverse of the first of that month."""
    z = days + 306
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400
    if month <= 2:
        year += 1
    return year * 12 + month - 1


def first_of(months: int) -> int:
    """The day number of the first day of a month counted since year 0."""
    return days_from_civil(months // 12, months % 12 + 1, 1)


def add_months(instant: int, months: int) -> int:
    """The same day some months later, or the last day of a shorter month; the time of day stays."""
    day = instant // 1440
    month = month_of(day)
    target = first_of(month + months)
    length = first_of(month + months + 1) - target
    into = day - first_of(month)
    if into >= length:
        into = length - 1
    return (target + into) * 1440 + instant % 1440


def latest_before_months(instant: int, months: int) -> int:
    """The latest instant that lies at or before `instant` when those months are added: the upper adjoint."""
    day = instant // 1440
    month = month_of(day)
    into = day - first_of(month)
    length = first_of(month + 1) - first_of(month)
    source = first_of(month - months)
    source_length = first_of(month - months + 1) - source
    if into >= source_length:  # every day of the shorter month is early enough
        return (source + source_length) * 1440 - 1
    if into == length - 1:  # the days past the shorter target's end land on its last day too
        return (source + source_length - 1) * 1440 + instant % 1440
    return (source + into) * 1440 + instant % 1440
