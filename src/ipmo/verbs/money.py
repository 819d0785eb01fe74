"""What a portfolio costs over time, and what it has earned of it."""

from ipmo.analysis.money import earned_value as earning
from ipmo.analysis.money import phasing
from ipmo.desk import taking_paths

__all__ = ["earned_value", "time_phase"]

earned_value = taking_paths(earning.earned_value)
time_phase = taking_paths(phasing.time_phase)
