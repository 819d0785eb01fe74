"""A portfolio compiled into a network: columns and links, what the passes run on.

Nodes are tasks, milestones, open gates, projects without tasks (one bar) and benefits; the start and finish milestones
of projects and summaries become nodes where a link names them. Finished work is a fixed date: what follows it has a
bound instead of a link. Work that is on hold or paused is undated, and so is what follows it.
"""

from __future__ import annotations

import attrs

from ipmo.memory import recalled, remember
from ipmo.model.dialects import Dialect
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Task
from ipmo.network import bounds
from ipmo.network.builder import Builder
from ipmo.network.by_columns import network_by_columns
from ipmo.network.clocks import FAR
from ipmo.network.contributions import Contributions, runs
from ipmo.network.drafts import Draft
from ipmo.network.finished import given_from_done, reroute, stand_ins
from ipmo.network.holds import given, hold_undated, spread_holds
from ipmo.network.links import Linker, bind_giver, lag_clock, tie
from ipmo.network.network import Network
from ipmo.network.parts import LateLink, Needed, OutOfSequence, Spanning
from ipmo.network.restated import restated
from ipmo.network.retimed import retimed
from ipmo.network.states import LIVE, TO_FINISH, TYPE_NAMES, TYPES, Mode, State
from ipmo.network.sure_ways import with_sure_ways
from ipmo.units import Span, minutes

__all__ = ["compile_beside", "compile_copy", "compile_portfolio"]


def compile_portfolio(portfolio: Portfolio, dialect: Dialect) -> Network:
    """The network of a portfolio; kept with the portfolio.

    Raises:
        ScheduleError: nothing says when the portfolio starts, or a duration leads past year 9999.
    """
    return remember(portfolio, _key("network", dialect), lambda: compiled(portfolio, dialect))


def compile_copy(copy: Portfolio, portfolio: Portfolio, dialect: Dialect) -> Network:
    """The network of a changed copy of a portfolio: the projects that both share are compiled once.

    Where projects are stopped or paused in it, or tasks last otherwise or are put off, and nothing else is other, nothing is
    compiled at all.

    Args:
        copy: the copy.
        portfolio: what it was made from.
        dialect: the conventions.

    Raises:
        ScheduleError: nothing says when one of them starts, or a duration leads past year 9999.
    """

    def make() -> Network:
        over = _laid_over(copy, portfolio, compile_portfolio(portfolio, dialect))
        if over is not None:
            return over
        if not _sharing(copy, portfolio):
            return compiled(copy, dialect)
        return compiled(copy, dialect, remember(portfolio, _key("contributions", dialect), lambda: _contributed(portfolio, dialect)))

    return remember(copy, _key("network", dialect), make)


def compile_beside(later: Portfolio, earlier: Portfolio, dialect: Dialect) -> Network:
    """The network of a portfolio that is compared with one whose network is known, whether or not it was made from that.

    As `compile_copy`, but nothing is compiled of the earlier one for it: its projects are taken over where it is known what they add.

    Args:
        later: the portfolio.
        earlier: what it is compared with.
        dialect: the conventions.

    Raises:
        ScheduleError: nothing says when one of them starts, or a duration leads past year 9999.
    """
    net = compile_portfolio(earlier, dialect)

    def make() -> Network:
        if not _sharing(later, earlier):
            return compiled(later, dialect)
        return _laid_over(later, earlier, net) or compiled(later, dialect, recalled(earlier, _key("contributions", dialect), Contributions))

    return remember(later, _key("network", dialect), make)


def _laid_over(copy: Portfolio, portfolio: Portfolio, net: Network) -> Network | None:
    """The network of a copy as that of a large portfolio with a little changed; None where that takes compiling."""
    return restated(copy, portfolio, net) or retimed(copy, portfolio, net)


def _sharing(copy: Portfolio, portfolio: Portfolio) -> bool:
    """Whether two portfolios have a project in common, at one place."""
    return any(one is other for one, other in zip(copy.projects, portfolio.projects, strict=False))


def _key(name: str, dialect: Dialect) -> tuple[object, ...]:
    return (name, *attrs.astuple(dialect, recurse=False))


def compiled(portfolio: Portfolio, dialect: Dialect, known: Contributions | None = None) -> Network:
    """The network of a portfolio, made anew.

    Args:
        portfolio: the portfolio.
        dialect: the conventions.
        known: what the projects of another portfolio contributed to its network; those that both share are taken over.
    """
    by_columns = network_by_columns(portfolio, dialect)
    if by_columns is not None:
        return by_columns
    draft = Draft(portfolio, dialect)
    builder, linker = Builder(draft), Linker(draft)
    if known is None:
        added = _contributions(draft, builder, linker)
        remember(portfolio, _key("contributions", dialect), lambda: added)
    else:
        _taken_over(draft, builder, linker, known)
    builder.gates()
    builder.effects()
    linker.gates()
    linker.enablers()
    linker.between()
    linker.firsts()
    held_ends(draft)
    bound_summaries(draft)
    delay_starts(draft)
    settle_helpers(draft)
    spread_holds(draft)
    hold_undated(draft)
    bounds.constrain(draft)
    links = draft.links
    inside = links.inside if not draft.nodes.delays else {}  # else some lead to what stands before the delayed work
    needed = Needed(
        links.src, links.dst, links.typ, links.numbers, draft.nodes.driveless, draft.nodes.begun, lags=dict(links.lags), inside=inside
    )
    settle_links(draft)
    return with_sure_ways(assembled(draft, needed))


def _contributions(draft: Draft, builder: Builder, linker: Linker) -> Contributions:
    """Compiles all projects of a draft, and keeps what each adds."""
    added = Contributions(draft, linker)
    for place, project in enumerate(draft.portfolio.projects):
        added.mark()
        builder.project(place, project)
        linker.afters(project)
    added.keep()
    return added


def _contributed(portfolio: Portfolio, dialect: Dialect) -> Contributions:
    """What the projects of a portfolio add to its network, for one that was compiled by columns."""
    draft = Draft(portfolio, dialect)
    return _contributions(draft, Builder(draft), Linker(draft))


def _taken_over(draft: Draft, builder: Builder, linker: Linker, known: Contributions) -> None:
    """The projects of a draft: those that it shares with another are taken over where they begin at the same place."""
    projects = draft.portfolio.projects
    for shared, first, end in runs(known.shared(draft)):
        if shared and known.place(first) == (len(draft.nodes.ids), len(draft.links.src)):
            known.add(first, end, draft, linker)
            continue
        for place in range(first, end):
            builder.project(place, projects[place])
            linker.afters(projects[place])


def held_ends(draft: Draft) -> None:
    """A link to the finish of a summary or a project holds when it ends, and when whatever it lies in ends; deadlines there are of that too."""
    nodes, links = draft.nodes, draft.links
    finishes = {
        node for node in nodes.top.values() if nodes.kinds[node] == "finish" and nodes.state[node] not in (State.FINISHED, State.GONE)
    }
    if not finishes:
        return
    linked = {target for link, target in enumerate(links.dst) if link not in links.derived}
    linked |= {one.node for one in links.dated_externals} | links.outside.keys()
    for node in sorted(finishes & linked):
        name = nodes.ids[node].removesuffix("@finish")
        noun, owner = draft.portfolio.items[name], name.partition("/")[0]
        nodes.ends[name] = (*nodes.ends.get(name, ()), node)
        while isinstance(noun, Task):
            name = owner if noun.parent is None else f"{owner}/{noun.parent}"
            noun = draft.portfolio.items[name]
            nodes.ends[name] = (*nodes.ends.get(name, ()), node)
    due = enumerate(nodes.commitments)
    longer = [(place, one, nodes.ends[one.name]) for place, one in due if one.is_deadline and one.name in nodes.ends]
    for place, one, more in longer:
        nodes.commitments[place] = attrs.evolve(one, nodes=(*one.nodes, *more))


def bound_summaries(draft: Draft) -> None:
    """What a summary may not start before holds for its leaves."""
    for (project, name), leaves in draft.nodes.leaves.items():
        summary = draft.portfolio.items[f"{project}/{name}"]
        if isinstance(summary, Task) and summary.not_before is not None:
            instant = minutes(summary.not_before)
            open_leaves = [leaf for leaf in leaves if draft.nodes.state[leaf] is State.NORMAL]
            draft.bounds.starts += [(leaf, instant) for leaf in open_leaves]
            draft.bounds.own.update(open_leaves)


def delay_starts(draft: Draft) -> None:
    """Puts a helper where delayed work would start without its delay: what leads to its start leads to that."""
    nodes, links = draft.nodes, draft.links
    if not nodes.delays:
        return
    helpers = {}
    for node in nodes.delays:
        clock = nodes.nominal[node] if draft.on_calendar else 0
        helper = nodes.add(f"{nodes.ids[node]}~delay", "helper", nodes.project[node], State.NORMAL, 0, clock, nodes.nominal[node])
        helpers[node], nodes.stands_for[helper] = helper, nodes.ids[node]
        if draft.on_calendar:
            nodes.points[helper] = "start"
    for link, (target, kind) in enumerate(zip(links.dst, links.typ, strict=True)):
        if target in helpers and kind not in TO_FINISH:
            links.dst[link] = helpers[target]
    for node, delay in nodes.delays.items():
        links.derived.add(links.add(helpers[node], node, "SS", delay))


def settle_helpers(draft: Draft) -> None:
    """Where one of several is enough and some have happened, the earliest of those counts and no other."""
    nodes, links = draft.nodes, draft.links
    if not nodes.anyone:
        return
    done: dict[int, int] = {}
    for link, (u, v) in enumerate(zip(links.src, links.dst, strict=True)):
        if v in nodes.anyone and nodes.state[u] is State.FINISHED:
            lag = links.lags.get(link)
            when = nodes.finishes[u] if lag is None else draft.clocks[nodes.nominal[u]].shift(nodes.finishes[u], lag)
            done[v] = min(when, done.get(v, when))
    for helper, when in done.items():
        nodes.state[helper] = State.FINISHED
        nodes.starts[helper] = nodes.finishes[helper] = when


# ------------------------------------------------------------------------------------------------------- links


def settle_links(draft: Draft) -> None:
    """Keeps the links between open work; those from fixed dates become bounds, the rest is counted."""
    stand_ins(draft)
    links = draft.links
    special = {node for node, state in enumerate(draft.nodes.state) if state}
    if not special:
        return
    kept = [
        link
        for link, (source, target) in enumerate(zip(links.src, links.dst, strict=True))
        if (source not in special and target not in special) or _stays(draft, link)
    ]
    if len(kept) < len(links.src):
        links.keep(kept)


def _stays(draft: Draft, link: int) -> bool:
    """Whether a link with an end that is not plain open work stays a link; if not, what becomes of it."""
    nodes, links, dialect = draft.nodes, draft.links, draft.dialect
    u, v, kind = links.src[link], links.dst[link], TYPE_NAMES[links.typ[link]]
    su, sv = nodes.state[u], nodes.state[v]
    derived = link in links.derived
    if nodes.hammocks and _spanned(draft, link):
        return False
    idle = v in nodes.driveless or (
        u in nodes.driveless and nodes.project[v] >= 0
    )  # level of effort, whatever its state; an effect comes with it
    if not idle and sv in LIVE and su in (State.GONE, State.UNDATED) and given(draft, u, links.typ[link]):
        tie(draft, v, kind, nodes.starts[u], links.lags.get(link), lag_clock(draft, u, v))
        return False
    if State.GONE in (su, sv):
        if link in links.numbers and su is not State.GONE:
            links.undated_externals.append(links.numbers[link])
        return False
    if idle:
        return False
    if sv is State.FINISHED:
        if not derived and v not in nodes.anyone:
            taken = nodes.starts[v] if kind[1] == "S" else nodes.finishes[v]
            if su in LIVE or su is State.UNDATED or _given(draft, u, kind) > taken:
                links.out_of_sequence.append(OutOfSequence(u, v, kind))
        return v in nodes.rests and not derived and reroute(draft, link, lag_clock(draft, u, v))
    if u in nodes.rests and not derived and reroute(draft, link, lag_clock(draft, u, v)):
        return True
    begun = su is State.STARTED and kind[0] == "S"
    reported = draft.data_date is not None or nodes.project[u] in draft.bases  # without a date of status nothing says what has passed
    if begun and reported and dialect.start_lag == "early" and sv in LIVE:
        _run_on(draft, link)
    elif begun or su is State.FINISHED:
        if sv in LIVE:
            given_date = given_from_done(draft, u, kind) if su is State.FINISHED else _given(draft, u, kind)
            tie(draft, v, kind, given_date, links.lags.get(link), lag_clock(draft, u, v))
        return False
    if State.UNDATED in (su, sv):
        return False
    if sv is State.STARTED and not derived:
        if kind[1] == "S":
            links.out_of_sequence.append(OutOfSequence(u, v, kind))
        if dialect.data_date == "reported" and dialect.progress == "retained" and kind[1] == "S":
            bind_giver(draft, u, v, kind, _resumed(draft, v), links.lags.get(link))
            return False
        if dialect.progress != "retained":
            if dialect.progress == "actual" and kind[1] == "S":
                bind_giver(draft, u, v, kind, nodes.starts[v], links.lags.get(link))
            elif dialect.progress == "override" and kind[1] == "F" and dialect.data_date_first:
                _bound_late_only(draft, link)
            return False
    return True


def _given(draft: Draft, node: int, kind: str) -> int:
    """The date that a link hands on from what has it as a fact."""
    return draft.nodes.finishes[node] if kind[0] == "F" else draft.nodes.starts[node]


def _resumed(draft: Draft, node: int) -> int:
    """Where the rest of work under way begins, as reported: after what is done of it, and not before it resumes."""
    nodes, clock = draft.nodes, draft.clocks[draft.nodes.clk[node]]
    after = clock.start(clock.work(nodes.starts[node]) + nodes.done.get(node, 0))
    return max([after, *(instant for one, instant in draft.bounds.starts if one == node)])


def _bound_late_only(draft: Draft, link: int) -> None:
    """Under progress override a link to the finish of work under way still bounds the late dates of what comes before it."""
    u, v, lag = draft.links.src[link], draft.links.dst[link], draft.links.lags.get(link)
    length, clock = 0, 0
    if lag is not None and lag.dimension == "elapsed":
        length = lag.elapsed_minutes
    elif lag is not None and lag.dimension == "working":
        clock = lag_clock(draft, u, v)
        length = draft.clocks[clock].calendar.minutes(lag)
    draft.bounds.late_links.append(LateLink(u, v, TYPE_NAMES[draft.links.typ[link]][0] == "F", length, clock))


def _run_on(draft: Draft, link: int) -> None:
    """Takes from the lag of a link from a start what has passed since that start: it runs on from the remaining work."""
    nodes, links = draft.nodes, draft.links
    lag = links.lags.pop(link, None)
    links.estimated.pop(link, None)
    if lag is None:
        return
    u, v = links.src[link], links.dst[link]
    clock = draft.clocks[lag_clock(draft, u, v)]
    base = draft.bases.get(nodes.project[u], draft.base)
    due = clock.shift(nodes.starts[u], lag)
    if lag.dimension == "working":
        left, unit = clock.between(base, due), "min"
    else:
        left, unit = due - base, "emin"
    if left > 0:
        links.lags[link] = Span(left, unit)


def _spanned(draft: Draft, link: int) -> bool:
    """Whether a link joins a hammock: it then says what the hammock spans, and moves nothing."""
    links, hammocks = draft.links, draft.nodes.hammocks
    u, v, kind = links.src[link], links.dst[link], TYPE_NAMES[links.typ[link]]
    lag = links.lags.get(link)
    for hammock, other in ((u, v), (v, u)):
        if hammock in hammocks:
            hammocks[hammock].append(Spanning(other, 1 if hammock == v else -1, kind, lag))
    return u in hammocks or v in hammocks


# ----------------------------------------------------------------------------------------------------- columns


def assembled(draft: Draft, needed: Needed) -> Network:
    """The network of a draft whose links are settled."""
    nodes, links, bound = draft.nodes, draft.links, draft.bounds
    stated = links.typ
    if nodes.points:
        links.typ = [_at_points(nodes.points, u, v, t) for u, v, t in zip(links.src, links.dst, links.typ, strict=True)]
    lag, mode, lagclk = _lagged(draft)
    low = bounds.floors(draft, links.dst, stated)
    return Network(
        ids=nodes.ids,
        kinds=nodes.kinds,
        project=nodes.project,
        projects=tuple(p.id for p in draft.portfolio.projects),
        state=nodes.state,
        dur=nodes.dur,
        clk=nodes.clk,
        nominal=nodes.nominal,
        low=low,
        finish_floor=bound.floor,
        floor_edges=bound.floor_edges,
        high=bound.high,
        pin=bound.pin,
        caps={node: cap for node, cap in bound.caps.items() if cap[1] < FAR and node not in bound.by_hand},
        late_bounds=bound.late,
        late_links=bound.late_links,
        latest=bound.latest,
        hammocks=nodes.hammocks,
        stands_for=nodes.stands_for,
        points=nodes.points,
        expected=nodes.expected,
        adjusted=nodes.adjusted,
        anyone=nodes.anyone,
        src=links.src,
        dst=links.dst,
        typ=links.typ,
        lag=lag,
        mode=mode,
        lagclk=lagclk,
        numbers=links.numbers,
        derived=links.derived,
        estimated={link for link, span in links.estimated.items() if links.lags.get(link) is (span if span.amount else None)},
        clocks=draft.clocks,
        starts=nodes.starts,
        finishes=nodes.finishes,
        holds=nodes.holds,
        unknown=nodes.unknown,
        commitments=tuple(nodes.commitments),
        stated_finishes=_stated_finishes(draft.portfolio),
        summaries=nodes.leaves,
        members=nodes.members,
        ends=nodes.ends,
        base=draft.base,
        project_dependencies=links.project_dependencies,
        labels=links.labels,
        undated_externals=links.undated_externals,
        dated_externals=links.dated_externals,
        outside=links.outside,
        wholes=links.wholes,
        out_of_sequence=links.out_of_sequence,
        unmet=links.unmet,
        circular_starts=tuple(links.circular_starts),
        dialect=draft.dialect,
        needed=needed,
        inside=nodes.local,
    )


def _lagged(draft: Draft) -> tuple[list[int], list[int], list[int]]:
    """Lag, mode and clock of the lag of every link."""
    nodes, links, dialect = draft.nodes, draft.links, draft.dialect
    count, clk, points = len(links.src), nodes.clk, nodes.points
    lag, mode, lagclk = [0] * count, [0] * count, [0] * count
    plain, through = int(Mode.PLAIN), int(Mode.CALENDARS if dialect.exact_late else Mode.SHIFTS)
    if any(clk):
        finishes = int(Mode.FINISHES) if len(set(clk)) > 1 or dialect.lead_waits else plain
        same = (plain, plain, finishes, plain)
        to_start = TYPES["SF"]  # a start may lie behind the break that the milestone lies before
        mode = [
            same[t] if clk[u] == clk[v] and not (t == to_start and v in points) else through
            for u, v, t in zip(links.src, links.dst, links.typ, strict=True)
        ]
    lengths: dict[tuple[object, str, int], int] = {}
    for link, span in links.lags.items():
        u, v = links.src[link], links.dst[link]
        if span.dimension == "step":
            mode[link], lag[link] = int(Mode.MONTHS), span.months
        elif span.dimension == "elapsed":
            lag[link] = span.elapsed_minutes
            mode[link] = plain if clk[u] == clk[v] == 0 else through
        else:
            owner = lag_clock(draft, u, v)
            key = (span.amount, span.unit, owner)
            length = lengths.get(key)
            if length is None:
                length = lengths[key] = draft.clocks[owner].calendar.minutes(span)
            lag[link], lagclk[link] = length, owner
            rounded = (length < 0 and links.typ[link] in TO_FINISH and dialect.lead_waits) or u in points
            mode[link] = plain if clk[u] == clk[v] == owner and not rounded else through
    for link, span in links.estimated.items():
        if link not in links.lags and span.dimension == "working":
            lagclk[link] = lag_clock(draft, links.src[link], links.dst[link])
    return lag, mode, lagclk


def _at_points(points: dict[int, str], source: int, target: int, kind: int) -> int:
    """The type of a link whose ends are milestones on their calendar: such a point is a finish; see `kernels` for starts."""
    name = TYPE_NAMES[kind]
    return TYPES[("F" if source in points else name[0]) + ("F" if target in points else name[1])]


def _stated_finishes(portfolio: Portfolio) -> dict[int, int]:
    """The stated finish of projects with tasks, as an instant."""
    return {
        place: minutes(project.finish, end=True)
        for place, project in enumerate(portfolio.projects)
        if project.finish is not None and (project.tasks or project.gates)
    }
