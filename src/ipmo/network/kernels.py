"""The loops of the engine, as plain functions on columns of integers.

They run on lists as they stand, or compiled by `compiled.kernel` on int64 arrays: the results are identical. This file
imports nothing but names of types, so that the functions can be compiled together: they call each other.

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
    starts, before, lengths = cal[8], cal[9], cal[10]
    first, last = cal[2][clock], cal[3][clock]
    if first <= instant < last:
        lo = cal[0][clock]
        hi = lo + cal[1][clock]
        base = lo
        rest = instant
        total = 0
    else:
        lo = cal[5][clock]
        hi = lo + cal[6][clock]
        base = lo
        if instant >= last:
            weeks = (instant - last) // 10080
            rest = instant - last - weeks * 10080
            total = cal[4][clock] + weeks * cal[7][clock]
        else:
            weeks = (instant - first) // 10080
            rest = instant - first - weeks * 10080
            total = weeks * cal[7][clock]
    while lo < hi:  # the last period that starts at or before the instant
        mid = (lo + hi) // 2
        if starts[mid] <= rest:
            lo = mid + 1
        else:
            hi = mid
    if lo == base:
        return total
    inside = rest - starts[lo - 1]
    if inside > lengths[lo - 1]:
        inside = lengths[lo - 1]
    return total + before[lo - 1] + inside


def start_at(cal: Any, clock: Any, worked: Any) -> Any:
    """The latest instant with that many minutes worked: where the next minute of work begins."""
    if clock == 0 or worked >= FAR // 2 or worked <= -FAR // 2:
        return worked
    starts, before = cal[8], cal[9]
    table, week = cal[4][clock], cal[7][clock]
    if 0 <= worked < table:
        lo = cal[0][clock]
        hi = lo + cal[1][clock]
        rest = worked
        origin = 0
    else:
        if week == 0:
            return FAR if worked >= table else -FAR
        lo = cal[5][clock]
        hi = lo + cal[6][clock]
        if worked >= table:
            weeks = (worked - table) // week
            rest = worked - table - weeks * week
            origin = cal[3][clock] + weeks * 10080
        else:
            weeks = worked // week
            rest = worked - weeks * week
            origin = cal[2][clock] + weeks * 10080
    while lo < hi:  # the last period with at most that much work before it
        mid = (lo + hi) // 2
        if before[mid] <= rest:
            lo = mid + 1
        else:
            hi = mid
    return origin + starts[lo - 1] + rest - before[lo - 1]


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
                    e = edged(cal, clk[v], t)
                    y -= dur[v]
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
                if typ[k] == 0 or typ[k] == 2:
                    e = roomy(cal, clk[u], t)
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


def tails(ptr: Any, src: Any, w: Any, tail: Any) -> Any:
    """The longest way from the start of each position to an end; tail holds what its own finish is worth on entry."""
    for v in range(len(tail) - 1, -1, -1):
        best = tail[v]
        if best <= -FAR // 2:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            y = w[k] + best
            if y > tail[src[k]]:
                tail[src[k]] = y


def ends_without_work(
    ptr: Any, src: Any, typ: Any, lag: Any, w: Any, dur: Any, start: Any, finish: Any, ending: Any, x: Any, tail: Any, size: Any, tree: Any, out: Any
) -> Any:
    """The end of an additive network without the work at each position, for all positions at once.

    A path that avoids position t uses a link that jumps over t in topological order, or begins after t, or ends before
    it. What is left of the paths through t depends on its duration d alone:
    `end(d) = max(avoid, max(inS, inF - d) + max(d + outF, outS))`; here d is 0 (Devaux's drag is the end less that).

    Args:
        start: lower bound of each start; -FAR where there is none.
        finish: lower bound of each finish; -FAR where there is none.
        ending: 1 where a finish counts for the end.
        x: early starts.
        tail: from `tails`.
        size: a power of two not below the number of positions.
        tree: -FAR (2 * size).
        out: takes the ends.
    """
    n = len(x)
    none = -FAR
    for v in range(n):
        for k in range(ptr[v], ptr[v + 1]):
            if tail[v] <= none // 2:
                continue
            through = x[src[k]] + w[k] + tail[v]
            a = src[k] + 1 + size
            b = v + size
            while a < b:
                if a & 1:
                    if through > tree[a]:
                        tree[a] = through
                    a += 1
                if b & 1:
                    b -= 1
                    if through > tree[b]:
                        tree[b] = through
                a >>= 1
                b >>= 1
    for i in range(1, size):
        if tree[i] > tree[2 * i]:
            tree[2 * i] = tree[i]
        if tree[i] > tree[2 * i + 1]:
            tree[2 * i + 1] = tree[i]
    best = none
    for v in range(n):  # paths that end before a position
        if best > tree[size + v]:
            tree[size + v] = best
        if ending[v] and x[v] + dur[v] > best:
            best = x[v] + dur[v]
    best = none
    for v in range(n - 1, -1, -1):  # and those that begin after it
        if best > tree[size + v]:
            tree[size + v] = best
        begin = start[v]
        if finish[v] - dur[v] > begin:
            begin = finish[v] - dur[v]
        if begin + tail[v] > best:
            best = begin + tail[v]
    for v in range(n):
        out[v] = 0 if ending[v] else none  # what follows its start when it takes no time
    for v in range(n):
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            after = lag[k] + tail[v]
            if typ[k] >= 2:
                after -= dur[v]
            if tail[v] > none // 2 and after > out[u]:
                out[u] = after
    for v in range(n):
        begin = start[v]
        if finish[v] > begin:
            begin = finish[v]
        for k in range(ptr[v], ptr[v + 1]):
            y = x[src[k]] + lag[k]
            if typ[k] == 0 or typ[k] == 2:
                y += dur[src[k]]
            if y > begin:
                begin = y
        whole = begin + out[v] if out[v] > none // 2 else none
        out[v] = whole if whole > tree[size + v] else tree[size + v]


def ends_without_links(
    ptr: Any, src: Any, w: Any, dur: Any, begin: Any, ending: Any, x: Any, tail: Any, size: Any, first: Any, second: Any, which: Any, out: Any
) -> Any:
    """The end of an additive network without each link, for all links at once.

    Every path crosses the cut just behind the tail of a link once: without the link the end is the best of the others
    over that cut.

    Args:
        begin: the start that each position's own bounds ask for.
        first, second: -FAR (2 * size); the best and the second best over each stretch.
        which: -1 (2 * size); the link that is best.
        out: takes the ends, by link place.
    """
    n = len(x)
    none = -FAR
    for v in range(n):
        for k in range(ptr[v], ptr[v + 1]):
            if tail[v] <= none // 2:
                continue
            through = x[src[k]] + w[k] + tail[v]
            a = src[k] + size
            b = v + size
            while a < b:
                for side in range(2):
                    c = -1
                    if side == 0 and a & 1:
                        c = a
                        a += 1
                    elif side == 1 and b & 1:
                        b -= 1
                        c = b
                    if c >= 0:
                        if through > first[c]:
                            second[c] = first[c]
                            first[c] = through
                            which[c] = k
                        elif through > second[c]:
                            second[c] = through
                a >>= 1
                b >>= 1
    for i in range(1, size):
        for c in range(2 * i, 2 * i + 2):
            if first[i] > first[c]:
                other = first[c] if first[c] > second[i] else second[i]
                if other > second[c]:
                    second[c] = other
                first[c] = first[i]
                which[c] = which[i]
            elif first[i] > second[c]:
                second[c] = first[i]
    best = none
    before = [none] * n  # the best that ends at or before a cut
    for v in range(n):
        if ending[v] and x[v] + dur[v] > best:
            best = x[v] + dur[v]
        before[v] = best
    best = none
    after = [none] * (n + 1)  # the best that begins behind it
    for v in range(n - 1, -1, -1):
        if begin[v] + tail[v] > best:
            best = begin[v] + tail[v]
        after[v] = best
    for v in range(n):
        for k in range(ptr[v], ptr[v + 1]):
            c = src[k]
            rest = second[size + c] if which[size + c] == k else first[size + c]
            if before[c] > rest:
                rest = before[c]
            if after[c + 1] > rest:
                rest = after[c + 1]
            out[k] = rest


def ends_one_by_one(
    places: Any,
    links: Any,
    begin: Any,
    waiting: Any,
    ending: Any,
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
    low: Any,
    floors: Any,
    early: Any,
    waits: Any,
    x: Any,
    edge: Any,
    out: Any,
) -> Any:
    """The end of any network without the work at some positions, or without some links, each by a forward pass.

    Args:
        places: positions; of a link, its target.
        links: -1 for the work at the position, else the place of the link that is left out.
        begin, waiting: the lower bound of each start when its work takes no time, and whether it lies in a break.
        ending: 1 where a finish counts for the end.
        low, floors: lower bounds of all positions and their edges.
        early, waits: early starts and edges.
        x, edge: room for as many.
        out: takes the ends, as instants.
    """
    n = len(low)
    behind = [-FAR] * (n + 1)
    for v in range(n):  # the last end before a position
        t = behind[v]
        if ending[v]:
            f = start_at(cal, clk[v], early[v] + dur[v]) if waits[v] == 1 else finish_at(cal, clk[v], early[v] + dur[v])
            if f > t:
                t = f
        behind[v + 1] = t
    for row in range(len(places)):
        p = places[row]
        gone = links[row]
        for v in range(p):
            x[v] = early[v]
            edge[v] = waits[v]
        for v in range(p, n):
            x[v] = low[v]
            edge[v] = floors[v]
        length = dur[p]
        kept_mode = 0
        kept_weight = 0
        if gone < 0:
            x[p] = begin[row]
            edge[p] = waiting[row]
            dur[p] = 0
            for k in range(ptr[p], ptr[p + 1]):
                if typ[k] >= 2:
                    w[k] += length
            for k in range(ptr[p + 1], len(src)):
                if src[k] == p and (typ[k] == 0 or typ[k] == 2):
                    w[k] -= length
        else:
            kept_mode = mode[gone]
            kept_weight = w[gone]
            mode[gone] = 0
            w[gone] = -FAR
        forward_from(p, ptr, src, w, mode, typ, lagclk, lag, cal, clk, dur, mark, high, x, edge)
        best = behind[p]
        for v in range(p, n):
            if ending[v]:
                f = start_at(cal, clk[v], x[v] + dur[v]) if edge[v] == 1 else finish_at(cal, clk[v], x[v] + dur[v])
                if f > best:
                    best = f
        if gone < 0:
            dur[p] = length
            for k in range(ptr[p], ptr[p + 1]):
                if typ[k] >= 2:
                    w[k] -= length
            for k in range(ptr[p + 1], len(src)):
                if src[k] == p and (typ[k] == 0 or typ[k] == 2):
                    w[k] += length
        else:
            mode[gone] = kept_mode
            w[gone] = kept_weight
        out[row] = best
