"""Where the lines of an axis stand: round steps of numbers, and days, months, quarters and years."""

from __future__ import annotations

import itertools
import math
from datetime import date, datetime

__all__ = ["amount_text", "date_ticks", "nice_step", "number_ticks", "scaled"]

DAYS = (1, 2, 7, 14)
MONTHS = (1, 3, 6, 12, 24, 60, 120, 600, 12000)
DAY = 86400
SCALES = ((1e9, "bn"), (1e6, "M"), (1e3, "k"))


def nice_step(span: float, count: int = 5) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that cuts a span into at most so many steps.

    >>> nice_step(23), nice_step(1), nice_step(0.9, 4)
    (5.0, 0.2, 0.25)
    """
    rough = span / count
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * (1 - 1e-9))


def scaled(most: float) -> tuple[float, str]:
    """What amounts up to one are divided by, and the word for it.

    >>> scaled(2_300_000), scaled(12)
    ((1000000.0, 'M'), (1.0, ''))
    """
    return next(((size, word) for size, word in SCALES if abs(most) >= size), (1.0, ""))


def amount_text(amount: float, currency: str = "") -> str:
    """An amount in three digits, as people say it.

    >>> amount_text(13_068_787.88, "GBP"), amount_text(25_600), amount_text(-999_700, "GBP"), amount_text(12.5, "GBP")
    ('13.1 M GBP', '25.6 k', '−1 M GBP', '12.5 GBP')
    """
    size, word = scaled(float(f"{amount:.3g}"))
    return " ".join(part for part in (f"{amount / size:.3g}".replace("-", "−"), word, currency) if part)


def number_ticks(low: float, high: float, most: int = 7) -> list[tuple[float, str]]:
    """Round numbers along an axis, each with its name.

    >>> [name for _, name in number_ticks(0, 1.1, 5)], [name for _, name in number_ticks(-300, 900, 3)]
    (['0.00', '0.25', '0.50', '0.75', '1.00'], ['0', '500'])
    """
    step = nice_step((high - low) or 1.0, most)
    power = math.floor(math.log10(step))
    digits = max(0, (1 if round(step / 10.0**power, 6) == 2.5 else 0) - power)
    numbers = (step * place for place in itertools.count(math.ceil(low / step - 1e-9)))
    return [(value, f"{value:,.{digits}f}") for value in itertools.takewhile(lambda value: value <= high, numbers)]


def date_ticks(first: datetime, span: float, most: int = 13) -> list[tuple[datetime, str]]:
    """Days, months, quarters or years along an axis, each with its name.

    Args:
        first: where the axis begins.
        span: its length in seconds.
        most: about how many there may be.

    >>> [name for _, name in date_ticks(datetime(2026, 1, 6), 25 * DAY, 4)]
    ['12 Jan', '19 Jan', '26 Jan']
    >>> [name for _, name in date_ticks(datetime(2026, 1, 5), 300 * DAY, 4)]
    ['Q2 2026', 'Q3 2026', 'Q4 2026']
    """
    if span / DAY / DAYS[-1] <= most and span / DAY < 60:
        step = next(days for days in DAYS if span / DAY / days <= most)
        begins = math.ceil(first.toordinal() + (first - datetime(first.year, first.month, first.day)).total_seconds() / DAY)
        begins += (1 - begins) % step  # weeks begin on Mondays
        ends = min(int(first.toordinal() + span / DAY), date.max.toordinal())
        days = [datetime.fromordinal(number) for number in range(begins, ends + 1, step)]
        return [(day, f"{day.day} {day:%b}") for day in days]
    months = max(span / (DAY * 30.4), 1)
    step = next(one for one in MONTHS if months / one <= most)
    start = math.ceil((first.year * 12 + first.month - 1) / step) * step
    out = []
    for month in range(start, start + int(months) + 2, step):
        year = month // 12
        if not 1 <= year <= 9998:
            continue
        when = datetime(year, month % 12 + 1, 1)
        if when < first or (when - first).total_seconds() > span:
            continue
        name = str(year) if step >= 12 else when.strftime("%b %Y") if step < 3 else f"Q{month % 12 // 3 + 1} {year}"
        out.append((when, name))
    return out
