"""What depends on what: links across projects, interfaces, single points of failure, the whole graph."""

from ipmo.analysis.dependencies import critical
from ipmo.analysis.dependencies import interfaces as pairs
from ipmo.analysis.dependencies import single_points as points
from ipmo.analysis.risk.expected_loss import or_by_expected_loss
from ipmo.desk import taking_paths
from ipmo.network import graph as edges

__all__ = ["critical_links", "graph", "interfaces", "leads_to", "single_points"]

critical_links = taking_paths(or_by_expected_loss(critical.critical_links))
graph = taking_paths(edges.graph)
interfaces = taking_paths(pairs.interfaces)
leads_to = taking_paths(edges.leads_to)
single_points = taking_paths(points.single_points)
