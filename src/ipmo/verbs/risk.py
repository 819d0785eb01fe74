"""How sure the dates, the money and the benefits of a portfolio are, and how sure it was before."""

from ipmo.analysis.risk import calibration as calibrating
from ipmo.analysis.risk import joint
from ipmo.desk import taking_histories, taking_paths

__all__ = ["calibration", "simulate"]

calibration = taking_histories(calibrating.calibration)
simulate = taking_paths(joint.simulate)
