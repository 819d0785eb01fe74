"""Who is needed, and who is there."""

from ipmo.analysis.resources import capacity as needs
from ipmo.analysis.resources import levelling
from ipmo.desk import taking_paths

__all__ = ["capacity", "level"]

capacity = taking_paths(needs.capacity)
level = taking_paths(levelling.level)
