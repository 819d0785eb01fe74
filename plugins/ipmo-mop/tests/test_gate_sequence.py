"""GOV-R01: work waits for its gates, on portfolios worked by hand that differ in what is hard to see."""

from __future__ import annotations

import pytest

GO = "{outcome: go, date: 2026-02-01}"
BEHIND = """
projects:
  - id: p
    tasks:
      - {{id: first, duration: 5 d, actual_start: 2026-01-02, actual_finish: 2026-01-07}}
      - {{id: s, after: G}}
      - {{id: x, parent: s, duration: 10 d, {x}}}
    gates: [{{id: G, after: first, decision: {decision}}}, {{id: L, after: s, decision: {later}}}]
  - id: q
    tasks: [{{id: y, duration: 10 d, {y}}}, {{id: z, after: {{from: y, type: SS}}, duration: 3 d, {z}}}]
links: [{{from: p/L, to: q/y}}]
"""


def behind(**more: str) -> str:
    return BEHIND.format(**{"x": "", "y": "", "z": "", "decision": GO, "later": GO, **more})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            behind(x="progress: 20 %", decision="{outcome: hold, date: 2026-02-01}", later="null"),
            ["'x' of 'p' began or cost money behind gate 'G', which stands at 'hold'"],
        ),
        (behind(x="progress: 0 %", decision="{outcome: hold, date: 2026-02-01}", later="null"), []),
        (behind(x="actual_start: 2026-03-01"), []),
        (behind(decision="{outcome: hold, date: 2026-02-01}", later="null"), []),
        (
            behind(decision="{outcome: hold, date: 2026-02-01}", later="null", x="actual_start: 2026-03-01, remaining: 3 d"),
            ["'x' of 'p' began or cost money behind gate 'G', which stands at 'hold'"],
        ),
        (behind(x="actual_start: 2026-01-20"), ["'x' of 'p' began or cost money behind gate 'G', which got its go later, on 2026-02-01"]),
        (
            behind(later="null", y="actual: 5 GBP", z="actual_start: 2026-05-01"),
            ["'q/y', 'q/z' began or cost money behind gate 'p/L', which has no decision"],
        ),
        (
            behind(decision="{outcome: recycle, date: 2026-02-01}", later="null", z="actual_start: 2026-05-01, actual_finish: 2026-05-04"),
            [
                "'q/z' began or cost money behind gate 'p/G', which stands at 'recycle'",
                "'q/z' began or cost money behind gate 'p/L', which has no decision",
            ],
        ),
        (
            behind(
                decision="{outcome: conditional go, date: 2026-02-01, conditions: [{id: c, due: 2026-05-01}]}", x="actual_start: 2026-03-01"
            ),
            ["'x' of 'p' began or cost money behind gate 'G', which stands at 'hold'"],
        ),
        (
            behind(
                decision="{outcome: conditional go, date: 2026-02-01, conditions: [{id: c, due: 2026-05-01}]}",
                x="actual_start: 2026-03-01, actual_finish: 2026-03-11",
            ),
            [],  # it was done before the go lapsed
        ),
        (
            behind(
                decision="{outcome: conditional go, date: 2026-02-01, conditions: [{id: c, due: 2026-03-01, met: 2026-04-01}]}",
                x="actual_start: 2026-03-15",
            ),
            ["'x' of 'p' began or cost money behind gate 'G', which stands at 'hold'"],
        ),
    ],
)
def test_gov_r01_follows_every_path_and_asks_how_the_gate_stood_when_the_work_began(heard, text: str, said: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert heard("gate-sequence", text) == said


@pytest.mark.parametrize("begun", ["progress: 20 %", "actual_start: 2026-03-01", "actual: 5 GBP"])
def test_gov_r01_sees_that_a_project_without_tasks_has_begun(heard, begun: str) -> None:  # type: ignore[no-untyped-def]
    tail = "projects: [{{id: p, tasks: [{{id: x, duration: 1 d}}], gates: [{{id: G}}]}}, {{id: q, start: 2026-03-01, finish: 2026-09-01{more}}}]\nlinks: [{{from: p/G, to: q@start}}]"
    assert heard("gate-sequence", tail.format(more="")) == []
    assert heard("gate-sequence", tail.format(more=f", {begun}")) == ["'q' began or cost money behind gate 'p/G', which has no decision"]


WHOLE = """
programmes: [{{id: g}}]
gates: [{{id: P, programme: g, decision: {decision}}}]
projects:
  - id: a
    tasks: [{{id: x, duration: 30 d, actual_start: 2026-01-02, actual_finish: 2026-01-31}}, {{id: w, duration: 4 d{w}}}]
    gates: [{{id: G, after: x, decision: {decision}}}]
  - id: r
    programme: g
    tasks: [{{id: y, duration: 30 d, actual_start: 2026-03-02{done}}}, {{id: z, duration: 3 d}}]
links: [{{from: {source}, to: {target}, type: {kind}}}]
"""
"""Work of r began on 2 March; it waits as a whole for a gate of a, for a as a whole, or for a gate of its programme."""
HOLD = "{outcome: hold, date: 2026-02-01}"


def whole(source: str = "a/G", kind: str = "FS", decision: str = HOLD, target: str = "r", w: str = "", done: str = "") -> str:
    return WHOLE.format(source=source, kind=kind, decision=decision, target=target, w=w, done=done)


def said_of(gate: str, why: str = "stands at 'hold'") -> list[str]:
    return [f"'r/y' began or cost money behind gate '{gate}', which {why}"]


LATE = "got its go later, on 2026-03-10"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *((whole(kind=kind), said_of("a/G")) for kind in ("FS", "SS", "FF", "SF")),
        *((whole("P", kind), said_of("P")) for kind in ("FS", "SS", "FF", "SF")),
        *((whole("a/w", kind, w=", after: G"), said_of("a/G")) for kind in ("FS", "SS", "FF", "SF")),  # what waits for the gate gives
        (whole(decision="{outcome: recycle, date: 2026-02-01}"), said_of("a/G", "stands at 'recycle'")),
        (whole(decision="{outcome: kill, date: 2026-02-01}"), said_of("a/G", "stands at 'kill'")),
        (whole(decision="null"), said_of("a/G", "has no decision")),
        (whole(kind="FF", decision="null"), []),  # only its end waits, and nothing holds it
        (whole(decision=GO), []),
        (whole(decision="{outcome: go, date: 2026-03-10}"), said_of("a/G", LATE)),
        (whole(kind="FF", decision="{outcome: go, date: 2026-03-10}"), []),
        (whole(decision="{outcome: conditional go, date: 2026-02-01, conditions: [{id: c, due: 2026-05-01}]}"), said_of("a/G")),
        (whole(done=", actual_finish: 2026-03-20"), said_of("a/G")),
        (whole(target="r/y"), said_of("a/G")),
        (whole(target="r@finish"), []),
        # a as a whole gives: it is done where its work is; w, which waits for the gate, is not
        (whole("a"), []),
        (whole("a", w=", after: G"), said_of("a/G")),
        (whole("a", "FF", w=", after: G"), said_of("a/G")),
        (whole("a", "SS", w=", after: G"), []),
        (whole("a", w=", after: G", decision=GO), []),
        (whole("a", target="r/y", w=", after: G"), said_of("a/G")),
    ],
)
def test_gov_r01_follows_links_to_and_from_whole_projects(heard, text: str, said: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert heard("gate-sequence", text) == said


@pytest.mark.parametrize("outcome", ["hold", "recycle"])
@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_gov_r01_hears_of_the_work_that_the_schedule_holds_and_of_no_other(heard, kind: str, outcome: str) -> None:  # type: ignore[no-untyped-def]
    """The gate gives, work behind it by its start or its end gives, and work of that which has begun; to work, a summary, a whole project."""
    ways = [(source, inner) for source in ("G", "w", "v", "u") for inner in ("/y", "/s", "")]
    receivers = "\n".join(
        f"  - {{id: r{n}, tasks: [{{id: s}}, {{id: y, parent: s, duration: 60 d, actual_start: 2026-03-02}}]}}" for n in range(len(ways))
    )
    links = [f"{{from: a/{source}, to: r{n}{inner}, type: {kind}}}" for n, (source, inner) in enumerate(ways)]
    text = f"""
projects:
  - id: a
    tasks:
      - {{id: x, duration: 30 d, actual_start: 2026-01-02, actual_finish: 2026-01-31}}
      - {{id: w, duration: 4 d, after: G}}
      - {{id: v, duration: 4 d, after: {{from: G, type: FF}}}}
      - {{id: u, duration: 44 d, after: {{from: G, type: FF}}, actual_start: 2026-03-20}}
    gates: [{{id: G, after: x, decision: {{outcome: {outcome}, date: 2026-02-01}}}}]
{receivers}
links: [{", ".join(links)}]
"""
    held = {
        f"r{n}/y"
        for n, (source, inner) in enumerate(ways)
        if not (source == "u" and kind[0] == "S") and not (inner == "/s" and kind[1] == "F")
    }  # a start that was is handed over, and the end of a summary holds no work in it
    (said,) = heard("gate-sequence", text)
    assert {one for one in said.split("'") if one.endswith("/y")} == held
    assert said.endswith(f"stands at '{outcome}'")


def test_gov_r01_lets_work_begin_whose_finish_alone_waits_for_the_gate(heard) -> None:  # type: ignore[no-untyped-def]
    tail = "projects: [{{id: p, tasks: [{{id: x, duration: 10 d, after: {{from: G, type: {kind}}}, actual_start: 2026-03-01}}], gates: [{{id: G}}]}}]"
    assert heard("gate-sequence", tail.format(kind="FF")) == []
    assert heard("gate-sequence", tail.format(kind="SS")) == ["'x' of 'p' began or cost money behind gate 'G', which has no decision"]


SUMMARY = """
projects:
  - id: p
    tasks:
      - {id: s}
      - {id: x, parent: s, duration: 10 d, after: G}
      - {id: z, duration: 1 d, after: s, actual_start: 2026-03-01}
    gates: [{id: G}]
"""
EDGES = """
projects:
  - id: p
    tasks:
      - {{id: x, duration: 10 d, after: {{from: G, type: {kind}}}}}
      - {{id: z, duration: 1 d, after: "x@{end}", actual_start: 2026-03-01}}
    gates: [{{id: G}}]
"""


def test_gov_r01_follows_a_summary_to_its_end_and_links_to_the_edges_of_work(heard) -> None:  # type: ignore[no-untyped-def]
    behind = ["'z' of 'p' began or cost money behind gate 'G', which has no decision"]
    assert heard("gate-sequence", SUMMARY) == behind
    assert heard("gate-sequence", EDGES.format(kind="FF", end="start")) == []
    assert heard("gate-sequence", EDGES.format(kind="FF", end="finish")) == behind
    assert heard("gate-sequence", EDGES.format(kind="FS", end="start")) == behind


@pytest.mark.parametrize(
    ("gate", "before"),
    [
        ("{id: A, attributes: {gate: '3'}, decision: " + GO + "}", True),
        ("{id: A, attributes: {gate: '1'}, decision: " + GO + "}", False),
        ("{id: g3, decision: " + GO + "}", True),
        ("{id: Gate 3, decision: " + GO + "}", True),
        ("{id: A, name: Investment decision, decision: " + GO + "}", True),
        ("{id: A, name: strategic assessment, decision: " + GO + "}", False),
        ("{id: A, decision: " + GO + "}", False),
    ],
)
def test_gov_r01_knows_the_number_of_a_gate_by_attribute_id_or_name(heard, gate: str, before: bool) -> None:  # type: ignore[no-untyped-def]
    found = heard("gate-sequence", f"projects: [{{id: p, tasks: [{{id: x, duration: 1 d}}], gates: [{gate}, {{id: '2'}}]}}]")
    assert bool(found) is before
    assert all("and gate '2' before it is not decided" in message for message in found)


KILLED = """
projects:
  - id: p
    tasks: [{{id: x, duration: 10 d, {x}}}]
    gates: [{{id: G1, decision: {{outcome: kill, date: 2026-03-01}}}}, {{id: other, decision: {other}}}]
"""


@pytest.mark.parametrize(
    ("x", "other", "said"),
    [
        ("actual_start: 2026-02-01", "{outcome: go, date: 2026-02-01}", []),
        (
            "",
            "{outcome: go, date: 2026-04-01}",
            ["gate 'other' of 'p' got 'go' on 2026-04-01, after gate 'G1' had stopped the project on 2026-03-01"],
        ),
        ("actual_start: 2026-03-02", "null", ["'x' of 'p' began after gate 'G1' had stopped the project on 2026-03-01"]),
    ],
)
def test_gov_r01_hears_of_what_comes_after_a_kill(heard, x: str, other: str, said: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert heard("gate-sequence", KILLED.format(x=x, other=other)) == said


def test_gov_r01_says_a_kill_once_and_goes_on_with_the_gates_behind_it(heard) -> None:  # type: ignore[no-untyped-def]
    """Before gate 3 lie one that was killed and one without a decision: of the first only the kill is told."""
    gates = "gates: [{id: '1', decision: %s}, {id: '2'}, {id: '3', decision: {outcome: go, date: 2026-04-01}}]"
    undecided = "gate '3' of 'p' got 'go', and gate '2' before it is not decided"
    killed = "gate '3' of 'p' got 'go' on 2026-04-01, after gate '1' had stopped the project on 2026-03-01"
    tail = "projects: [{id: p, tasks: [{id: x, duration: 1 d}], " + gates + "}]"
    assert sorted(heard("gate-sequence", tail % "{outcome: kill, date: 2026-03-01}")) == [killed, undecided]
    assert heard("gate-sequence", tail % "{outcome: go, date: 2026-03-01}") == [undecided]
    other = """
projects:
  - {id: p, tasks: [{id: a, duration: 1 d, after: G}], gates: [{id: G, decision: {outcome: kill, date: 2026-02-01}}]}
  - {id: q, gates: [{id: build, decision: {outcome: go, date: 2026-03-01}}]}
links: [{from: p/a, to: q/build}]
"""
    assert heard("gate-sequence", other) == ["gate 'build' of 'q' got 'go', and gate 'p/G' before it stands at 'kill'"], (
        "of another project"
    )


def test_gov_r01_wants_gates_in_order_also_across_projects(heard) -> None:  # type: ignore[no-untyped-def]
    tail = """
projects:
  - {{id: p, tasks: [{{id: a, duration: 1 d, after: concept}}], gates: [{{id: concept, decision: {first}}}]}}
  - {{id: q, gates: [{{id: build, decision: {second}}}]}}
links: [{{from: p/a, to: q/build}}]
"""
    assert heard("gate-sequence", tail.format(first=GO, second="{outcome: go, date: 2026-03-01}")) == []
    assert heard("gate-sequence", tail.format(first="{outcome: hold, date: 2026-02-01}", second=GO)) == [
        "gate 'build' of 'q' got 'go', and gate 'p/concept' before it stands at 'hold'"
    ]
    assert heard("gate-sequence", tail.format(first=GO, second="{outcome: go, date: 2026-01-15}")) == [
        "gate 'build' of 'q' got 'go', and gate 'p/concept' before it was decided later, on 2026-02-01"
    ]
