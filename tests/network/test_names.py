"""Nodes found by project and name are those that a dictionary of all nodes has."""

from __future__ import annotations

from hypothesis import given

import ipmo
from ipmo.network.names import Names, outside
from ipmo.testing.strategies import portfolios


@given(portfolios())
def test_names_are_those_of_a_dictionary_of_all_nodes(pf: ipmo.Portfolio) -> None:
    net = ipmo.schedule(pf, on_cycle="cut").network
    assert net.inside is not None
    found = Names(net.inside, outside(net.ids, net.members))
    assert dict(found) == dict(net.node_of)
    assert len(found) == len(net.node_of)
    for name in (*net.node_of, *pf.items):
        assert found.get(name) == net.node_of.get(name), name
        assert (name in found) == (name in net.node_of)


def test_room_for_more_leaves_the_names_as_they_are() -> None:
    found = Names({"tram": {"design": 0, "": 1}}, {"tram@finish": 2})
    more = found.with_room()
    more.rest["tram@whole"] = 3
    assert more["tram@whole"] == 3 and "tram@whole" not in found and "tram/" not in found and 7 not in found
