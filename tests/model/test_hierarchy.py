"""The tree of programmes, projects and tasks: every walk agrees with networkx on random trees, in the order of the file."""

import networkx
from hypothesis import given
from hypothesis import strategies as st

from ipmo.model import Portfolio, Programme, Project, Task
from ipmo.model.hierarchy import hierarchy, subtasks, summaries


@st.composite
def trees(draw: st.DrawFn) -> Portfolio:
    """Programmes that lie in earlier ones, projects in any of them or none, the file's order mixed."""
    programmes = []
    for n in range(draw(st.integers(0, 6))):
        above = draw(st.sampled_from([None, *(p.id for p in programmes)]))
        programmes.append(Programme(id=f"g{n}", programme=above))
    names = [None, *(p.id for p in programmes)]
    projects = [Project(id=f"p{n}", programme=draw(st.sampled_from(names))) for n in range(draw(st.integers(0, 6)))]
    return Portfolio(id="whole", programmes=draw(st.permutations(programmes)), projects=draw(st.permutations(projects)))


def drawn(pf: Portfolio) -> networkx.DiGraph:
    graph = networkx.DiGraph()
    graph.add_node("whole")
    for noun in (*pf.programmes, *pf.projects):
        graph.add_edge(noun.programme or "whole", noun.id)
    return graph


@given(trees())
def test_what_lies_below_and_above_is_what_a_graph_says(pf: Portfolio) -> None:
    tree, graph = hierarchy(pf), drawn(pf)
    for noun in (pf, *pf.programmes):
        below = [one.id for one in tree.below(noun)]
        assert len(below) == len(set(below))
        assert set(below) == networkx.descendants(graph, noun.id)
        assert [p.id for p in tree.projects(noun)] == [p.id for p in pf.projects if p.id in below]
        assert [one.id for one in tree.direct(noun)] == [
            one.id for one in (*pf.programmes, *pf.projects) if (one.programme or "whole") == noun.id
        ]
        order = {name: place for place, name in enumerate(below)}
        assert all(order[one.programme] < order[one.id] for one in tree.below(noun) if one.programme in order)
    for noun in (*pf.programmes, *pf.projects):
        path = networkx.shortest_path(graph, "whole", noun.id)
        assert [p.id for p in tree.programmes_of(noun.id)] == path[1:-1][::-1]


def test_a_task_lies_in_the_programmes_of_its_project_and_a_project_in_itself() -> None:
    pf = Portfolio(
        id="p",  # a portfolio may bear the id of its only project
        programmes=[Programme(id="top"), Programme(id="inner", programme="top")],
        projects=[Project(id="p", programme="inner", tasks=[Task(id="a", duration="1 d")])],
    )
    tree = hierarchy(pf)
    assert [p.id for p in tree.programmes_of("p/a")] == ["inner", "top"]
    assert tree.projects(pf.projects[0]) == (pf.projects[0],)
    assert tree.projects(pf) == pf.projects
    assert tree.programmes_of("nothing of that name") == ()


def test_tasks_under_summaries_in_file_order() -> None:
    project = Project(
        id="p",
        tasks=[
            Task(id="s"),
            Task(id="b", parent="s", duration="1 d"),
            Task(id="c", duration="1 d"),
            Task(id="a", parent="s", duration="1 d"),
        ],
    )
    assert {name: [t.id for t in tasks] for name, tasks in subtasks(project).items()} == {None: ["s", "c"], "s": ["b", "a"]}
    assert summaries(project) == {"s"}
