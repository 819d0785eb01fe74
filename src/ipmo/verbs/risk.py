"""How sure the dates, the money and the benefits of a portfolio are."""

from ipmo.analysis.risk import joint
from ipmo.desk import taking_paths

__all__ = ["simulate"]

simulate = taking_paths(joint.simulate)
