"""The loops of the engine, as plain functions on columns of integers.

They run on lists as they stand, or compiled by `compiled.kernel` on int64 arrays: the results are identical. These files
(`kernels_drag` and `kernels_cones` belong to it) import nothing but each other and names of types, so that the functions
can be compiled together: they call each other.

A node's clock `clk[v]` counts the working minutes of its calendar; clock 0 is wall-clock time. `x[v]` is the node's
start on its own clock, `x[v] + dur[v]` its finish. Links are sorted by target: those into node v are `ptr[v]` to
`ptr[v+1]`. A link of mode 0 is one number, `x[v] >= x[u] + w`; one of mode 1 goes through the calendars; one of mode 2
lags by calendar months; one of mode 3 is one number that joins two finishes at the same instant; one of mode 4 goes
through the calendars too, its way back rounded to shifts as in Primavera P6 and Microsoft Project instead of exact. Types: 0 FS, 1 SS,
2 FF, 3 SF. `mark[v]` is a sum: 1 where one of several givers is enough, 2 for a milestone of a start (it always lies where
a shift begins), 4 and 8 where a late and an early finish never waits for the next shift.

A finish that a link moves into a break (the giver works on Saturday, the receiver does not) is reached with the work
before the break and lies where the next shift begins: `edge[v]` is 1 there, as in Primavera P6. In the same way
`room[v]` is 1 where the latest finish of v may wait for the next shift.
"""

from __future__ import annotations

from typing import Any

FAR = 1 << 60
"""A time that no plan reaches; arithmetic on it does not overflow."""


def work(cal: Any, clock: Any, instant: Any) -> Any:
    """Working minutes of a clock up to an instant: non-decreasing."""
    if clock == 0:
        return instant
    head, periods = cal
    row = 8 * clock
    first, last = head[row + 2], head[row + 3]
    if first <= instant < last:
        lo = head[row]
        hi = lo + head[row + 1]
        base = lo
        rest = instant
        total = 0
    else:
        lo = head[row + 5]
        hi = lo + head[row + 6]
        base = lo
        if instant >= last:
            weeks = (instant - last) // 10080
            rest = instant - last - weeks * 10080
            total = head[row + 4] + weeks * head[row + 7]
        else:
            weeks = (instant - first) // 10080
            rest = instant - first - weeks * 10080
            total = weeks * head[row + 7]
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


def start_at(cal: Any, clock: Any, worked: Any) -> Any:
    """The latest instant with that many minutes worked: where the next minute of work begins."""
    if clock == 0 or worked >= FAR // 2 or worked <= -FAR // 2:
        return worked
    head, periods = cal
    row = 8 * clock
    table, week = head[row + 4], head[row + 7]
    if 0 <= worked < table:
        lo = head[row]
        hi = lo + head[row + 1]
        rest = worked
        origin = 0
    else:
        if week == 0:
            return FAR if worked >= table else -FAR
        lo = head[row + 5]
        hi = lo + head[row + 6]
        if worked >= table:
            weeks = (worked - table) // week
            rest = worked - table - weeks * week
            origin = head[row + 3] + weeks * 10080
        else:
            weeks = worked // week
            rest = worked - weeks * week
            origin = head[row + 2] + weeks * 10080
    while lo < hi:  # the last period with at most that much work before it
        mid = (lo + hi) // 2
        if periods[3 * mid + 1] <= rest:
            lo = mid + 1
        else:
            hi = mid
    return origin + periods[3 * lo - 3] + rest - periods[3 * lo - 2]


def finish_at(cal: Any, clock: Any, worked: Any) -> Any:
    """The earliest instant with that many minutes worked: where the last minute of work ends."""
    if clock == 0 or worked >= FAR // 2 or worked <= -FAR // 2:
        return worked
    return start_at(cal, clock, worked - 1) + 1


def days_from_civil(year: Any, month: Any, day: Any) -> Any:
    """Days since 0001-01-01 of a date (Hinnant's algorithm)."""
    if month <= 2:
        year -= 1
        month += 12
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month - 3) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 306


def month_of(days: Any) -> Any:
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


def first_of(months: Any) -> Any:
    """The day number of the first day of a month counted since year 0."""
    return days_from_civil(months // 12, months % 12 + 1, 1)


def add_months(instant: Any, months: Any) -> Any:
    """The same day some months later, or the last day of a shorter month; the time of day stays."""
    day = instant // 1440
    month = month_of(day)
    target = first_of(month + months)
    length = first_of(month + months + 1) - target
    into = day - first_of(month)
    if into >= length:
        into = length - 1
    return (target + into) * 1440 + instant % 1440


def latest_before_months(instant: Any, months: Any) -> Any:
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


def given(cal: Any, clk: Any, dur: Any, u: Any, typ: Any, mode: Any, lagclk: Any, lag: Any, x: Any, edge: Any) -> Any:
    """The instant that a calendar link hands on when its source starts at x: the lag is added.

    `edge` is 1 where the source finishes at the beginning of its next shift instead of at the end of the last.
    """
    if (typ == 0 or typ == 2) and edge == 0:
        t = finish_at(cal, clk[u], x + dur[u])
    elif typ == 0 or typ == 2:
        t = start_at(cal, clk[u], x + dur[u])
    else:
        t = start_at(cal, clk[u], x)
    if mode == 2:
        return add_months(t, lag)
    if lag > 0:
        return finish_at(cal, lagclk, work(cal, lagclk, t) + lag)
    if lag < 0:
        return start_at(cal, lagclk, work(cal, lagclk, t) + lag)
    return t


def push(cal: Any, clk: Any, dur: Any, u: Any, v: Any, typ: Any, mode: Any, lagclk: Any, lag: Any, x: Any, edge: Any) -> Any:
    """The least start of v that a calendar link from u at start x allows.

    A finish that falls into a break is reached with the work before the break: see `edged`.
    """
    t = given(cal, clk, dur, u, typ, mode, lagclk, lag, x, edge)
    if typ <= 1:
        return work(cal, clk[v], t)
    return work(cal, clk[v], t) - dur[v]


def edged(cal: Any, clock: Any, instant: Any) -> Any:
    """1 where a finish at that instant falls into a break: it is then reached where the next shift begins."""
    if clock == 0:
        return 0
    return 1 if instant > finish_at(cal, clock, work(cal, clock, instant)) else 0


def roomy(cal: Any, clock: Any, instant: Any) -> Any:
    """1 where a bound lets a finish wait for the beginning of the next shift."""
    if clock == 0:
        return 1
    return 1 if instant >= start_at(cal, clock, work(cal, clock, instant)) else 0


def taken(cal: Any, clk: Any, dur: Any, v: Any, typ: Any, mode: Any, lagclk: Any, lag: Any, y: Any, room: Any) -> Any:
    """The latest instant that the source of a calendar link may reach when v starts at y: the lag is taken off.

    `room` is 1 where v may finish as late as the beginning of its next shift.
    """
    if typ <= 1:
        t = start_at(cal, clk[v], y)
    elif room == 1:
        t = start_at(cal, clk[v], y + dur[v])
    else:
        t = finish_at(cal, clk[v], y + dur[v])
    if mode == 2:
        return latest_before_months(t, lag) if t < FAR // 2 else t
    if lag < 0 and mode == 4:
        return finish_at(cal, lagclk, work(cal, lagclk, t) - lag)
    if lag > 0:
        return start_at(cal, lagclk, work(cal, lagclk, t) - lag)
    if lag < 0:
        return start_at(cal, lagclk, work(cal, lagclk, t + 1) - 1 - lag)
    return t


def latest_of(cal: Any, clk: Any, dur: Any, u: Any, typ: Any, mode: Any, t: Any) -> Any:
    """The latest start of the source of a calendar link that may reach an instant, by its finish or by its start."""
    if typ == 0 or typ == 2:
        return work(cal, clk[u], t) - dur[u]
    if mode == 4:
        return work(cal, clk[u], t)
    return work(cal, clk[u], t + 1) - 1


def pull(cal: Any, clk: Any, dur: Any, u: Any, v: Any, typ: Any, mode: Any, lagclk: Any, lag: Any, y: Any, room: Any) -> Any:
    """The greatest start of u that lets v start at y: push(x) <= y exactly when x <= pull(y)."""
    return latest_of(cal, clk, dur, u, typ, mode, taken(cal, clk, dur, v, typ, mode, lagclk, lag, y, room))


def kahn(n: Any, m: Any, src: Any, dst: Any) -> Any:
    """Nodes in topological order (first in, first out); fewer than n when there is a loop."""
    ptr = [0] * (n + 1)
    for e in range(m):
        ptr[src[e] + 1] += 1
    for v in range(n):
        ptr[v + 1] += ptr[v]
    nxt = ptr[:n]
    heads = [0] * m
    indegree = [0] * n
    for e in range(m):
        u = src[e]
        heads[nxt[u]] = dst[e]
        nxt[u] += 1
        indegree[dst[e]] += 1
    order = [v for v in range(n) if indegree[v] == 0]
    for u in order:  # grows while it is walked
        for k in range(ptr[u], ptr[u + 1]):
            v = heads[k]
            indegree[v] -= 1
            if indegree[v] == 0:
                order.append(v)
    return order


def kahn_arrays(n: Any, src: Any, dst: Any, ptr: Any, heads: Any, indegree: Any, order: Any) -> Any:
    """The same order on arrays that the caller gives: zeros (n+1), empty (m), zeros (n), empty (n); how many were placed."""
    m = len(src)
    for e in range(m):
        ptr[src[e] + 1] += 1
        indegree[dst[e]] += 1
    for v in range(n):
        ptr[v + 1] += ptr[v]
    for e in range(m - 1, -1, -1):
        u = src[e]
        ptr[u + 1] -= 1
        heads[ptr[u + 1]] = dst[e]
    # ptr[u+1] now is where u's links begin: shift by reading ptr[u+1] as begin, ptr[u+2] (or m) as end
    tail = 0
    for v in range(n):
        if indegree[v] == 0:
            order[tail] = v
            tail += 1
    head = 0
    while head < tail:
        u = order[head]
        head += 1
        stop = m if u == n - 1 else ptr[u + 2]
        for k in range(ptr[u + 1], stop):
            v = heads[k]
            indegree[v] -= 1
            if indegree[v] == 0:
                order[tail] = v
                tail += 1
    return tail


def by_target(n: Any, src: Any, dst: Any, pos: Any, ptr: Any, perm: Any, tail: Any) -> Any:
    """Links sorted by target position, stable: ptr (zeros, n+1), perm (link numbers), tail (source positions)."""
    m = len(src)
    for e in range(m):
        ptr[pos[dst[e]] + 1] += 1
    for v in range(n):
        ptr[v + 1] += ptr[v]
    for e in range(m - 1, -1, -1):
        v = pos[dst[e]]
        ptr[v + 1] -= 1
        perm[ptr[v + 1]] = e
        tail[ptr[v + 1]] = pos[src[e]]
    for v in range(n):  # ptr[v+1] is where v's links begin: shift back
        ptr[v] = ptr[v + 1]
    ptr[n] = m


def forward(ptr: Any, src: Any, w: Any, x: Any) -> Any:
    """Early starts; x holds the lower bounds on entry. Links of mode 0 only."""
    for v in range(len(x)):
        best = x[v]
        for k in range(ptr[v], ptr[v + 1]):
            y = x[src[k]] + w[k]
            if y > best:
                best = y
        x[v] = best


def backward(ptr: Any, src: Any, w: Any, y: Any) -> Any:
    """Late starts; y holds the upper bounds on entry. Links of mode 0 only."""
    for v in range(len(y) - 1, -1, -1):
        late = y[v]
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            z = late - w[k]
            if z < y[u]:
                y[u] = z


def backward_two(ptr: Any, src: Any, w: Any, y: Any, z: Any) -> Any:
    """Late starts to two sets of upper bounds in one sweep. Links of mode 0 only."""
    for v in range(len(y) - 1, -1, -1):
        one, two = y[v], z[v]
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            weight = w[k]
            if one - weight < y[u]:
                y[u] = one - weight
            if two - weight < z[u]:
                z[u] = two - weight


def weigh(ptr: Any, src: Any, perm: Any, typ: Any, lag: Any, dur: Any, w: Any) -> Any:
    """The weights of links of mode 0, from types, lags (by link number) and durations."""
    for v in range(len(ptr) - 1):
        for k in range(ptr[v], ptr[v + 1]):
            e = perm[k]
            t = typ[e]
            weight = lag[e]
            if t == 0 or t == 2:
                weight += dur[src[k]]
            if t >= 2:
                weight -= dur[v]
            w[k] = weight


def forward_from(
    first: Any,
    ptr: Any,
    src: Any,
    w: Any,
    mode: Any,
    typ: Any,
    lagclk: Any,
    lag: Any,
    cal: Any,
    clk: Any,
    dur: Any,
    mark: Any,
    high: Any,
    x: Any,
    edge: Any,
) -> Any:
    """Early starts of the positions from `first` on, with calendars; x holds the lower bounds there on entry.

    `edge` (0 on entry, 1 where a bound on the finish falls into a break) becomes 1 where a finish waits for the next shift.
    """
    for v in range(first, len(x)):
        best = x[v]
        late = edge[v]
        least = FAR
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            m = mode[k]
            e = 0
            if m == 0:
                y = x[u] + w[k]
            elif m == 3:
                y = x[u] + w[k]
                e = edge[u]
            else:
                t = given(cal, clk, dur, u, typ[k], m, lagclk[k], lag[k], x[u], edge[u])
                y = work(cal, clk[v], t)
                if typ[k] >= 2:
                    y -= dur[v]
                    if y >= best and clk[v] != 0 and t > finish_at(cal, clk[v], y + dur[v]):
                        e = 1
            if mark[v] & 1:
                if y < least:
                    least = y
            elif y > best:
                best = y
                late = e
            elif y == best and e > late:
                late = e
        if mark[v] & 1 and least != FAR and least > best:
            best = least
        if best > high[v]:
            best = high[v]
            late = 0
        x[v] = best
        if mark[v] & 8:
            late = 0
        edge[v] = 1 if mark[v] & 2 else late


def backward_from(
    first: Any,
    last: Any,
    ptr: Any,
    src: Any,
    w: Any,
    mode: Any,
    typ: Any,
    lagclk: Any,
    lag: Any,
    cal: Any,
    clk: Any,
    dur: Any,
    mark: Any,
    pin: Any,
    x: Any,
    edge: Any,
    y: Any,
    room: Any,
) -> Any:
    """Late starts of the positions last to first, with calendars.

    y holds the upper bounds on entry and room what `roomy` says of them; x and edge are the early starts; pin holds late
    starts that nothing moves, FAR elsewhere.
    """
    for v in range(last, first - 1, -1):
        if pin[v] != FAR:
            y[v] = pin[v]
            room[v] = 1
        if mark[v] & 4:
            room[v] = 0
        late = y[v]
        if late >= FAR // 2:
            continue
        spare = 0
        if mark[v] & 1:  # how many of its givers are early enough: one is sufficient
            for k in range(ptr[v], ptr[v + 1]):
                if mode[k] == 0 or mode[k] == 3:
                    z = x[src[k]] + w[k]
                else:
                    z = push(cal, clk, dur, src[k], v, typ[k], mode[k], lagclk[k], lag[k], x[src[k]], edge[src[k]])
                if z <= late:
                    spare += 1
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            if u < first:
                continue
            m = mode[k]
            if mark[v] & 1:
                if m == 0 or m == 3:
                    z = x[u] + w[k]
                else:
                    z = push(cal, clk, dur, u, v, typ[k], m, lagclk[k], lag[k], x[u], edge[u])
                others = spare - 1 if z <= late else spare
                if others > 0:
                    continue
            e = 1
            if m == 0:
                z = late - w[k]
            elif m == 3:
                z = late - w[k]
                e = room[v]
            else:
                t = taken(cal, clk, dur, v, typ[k], m, lagclk[k], lag[k], late, room[v])
                z = latest_of(cal, clk, dur, u, typ[k], m, t)
                if z <= y[u] and clk[u] != 0 and (typ[k] == 0 or typ[k] == 2) and t < start_at(cal, clk[u], z + dur[u]):
                    e = 0
            if z < y[u]:
                y[u] = z
                room[u] = e
            elif z == y[u] and e < room[u]:
                room[u] = e


def link_floats(
    ptr: Any, src: Any, w: Any, mode: Any, typ: Any, lagclk: Any, lag: Any, cal: Any, clk: Any, dur: Any, x: Any, edge: Any, out: Any
) -> Any:
    """How far the source of each link can slip before this link alone moves its target; minutes of the source's clock."""
    for v in range(len(x)):
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            if mode[k] == 0 or mode[k] == 3:
                out[k] = x[v] - w[k] - x[u]
            else:
                out[k] = pull(cal, clk, dur, u, v, typ[k], mode[k], lagclk[k], lag[k], x[v], edge[v]) - x[u]


def name_targets(
    ptr: Any, src: Any, w: Any, mode: Any, typ: Any, lagclk: Any, lag: Any, cal: Any, clk: Any, dur: Any, y: Any, room: Any, target: Any
) -> Any:
    """Which target bounds each node: the least rank among those that bound it alike; `target` holds own ranks."""
    for v in range(len(y) - 1, -1, -1):
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            if mode[k] == 0 or mode[k] == 3:
                z = y[v] - w[k]
            else:
                z = pull(cal, clk, dur, u, v, typ[k], mode[k], lagclk[k], lag[k], y[v], room[v])
            if z == y[u] and target[v] < target[u]:
                target[u] = target[v]


def finishes(cal: Any, clk: Any, dur: Any, x: Any, edge: Any, out: Any) -> Any:
    """The finish of each position as an instant."""
    for v in range(len(x)):
        if clk[v] == 0:
            out[v] = x[v] + dur[v]
        elif edge[v] == 1:
            out[v] = start_at(cal, clk[v], x[v] + dur[v])
        else:
            out[v] = finish_at(cal, clk[v], x[v] + dur[v])


def latest_starts(cal: Any, clk: Any, dur: Any, group: Any, instants: Any, memo: Any, out: Any, room: Any) -> Any:
    """The latest start of each position that finishes by an instant, and what `roomy` says of it; FAR stays out of reach.

    Args:
        group: which row of `memo` (zeros, 4 a group) a position shares with others of the same instant, mostly.
    """
    for v in range(len(out)):
        t = instants[v]
        c = clk[v]
        room[v] = 1
        if t >= FAR // 2 or c == 0:
            out[v] = t - dur[v]
            continue
        g = 4 * group[v]
        if memo[g] != t or memo[g + 1] != c:
            memo[g] = t
            memo[g + 1] = c
            memo[g + 2] = work(cal, c, t)
            memo[g + 3] = roomy(cal, c, t)
        out[v] = memo[g + 2] - dur[v]
        room[v] = memo[g + 3]


def last_finishes(cal: Any, clk: Any, dur: Any, x: Any, edge: Any, group: Any, memo: Any, ends: Any) -> Any:
    """The last finish of each group as an instant; ends holds lower bounds on entry.

    Args:
        group: the group of each position.
        memo: zeros, 2 a group: the clock and the working minutes of the last that was looked up.
    """
    for v in range(len(x)):
        g = group[v]
        c = clk[v]
        worked = x[v] + dur[v]
        if memo[2 * g] == c + 1 and worked <= memo[2 * g + 1] and edge[v] == 0:
            continue
        if c == 0:
            t = worked
        elif edge[v] == 1:
            t = start_at(cal, c, worked)
        else:
            t = finish_at(cal, c, worked)
        memo[2 * g] = c + 1
        memo[2 * g + 1] = worked
        if t > ends[g]:
            ends[g] = t
