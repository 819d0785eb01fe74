"""Who is needed, and who is there."""

from ipmo.analysis.resources import capacity as needs
from ipmo.desk import taking_paths

__all__ = ["capacity"]

capacity = taking_paths(needs.capacity)
