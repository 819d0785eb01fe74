"""How a portfolio is doing, who may decide, and how well its months were reported."""

from ipmo.analysis.control import authority, exposure, finished_work, history
from ipmo.analysis.control import movement as moving
from ipmo.analysis.control import raid_log as log
from ipmo.analysis.control import status as health
from ipmo.desk import taking_histories, taking_paths

__all__ = ["approver", "movement", "raid_log", "reference_classes", "reporting_compliance", "risk_exposure", "status"]

approver = taking_paths(authority.approver)
movement = taking_histories(moving.movement)
raid_log = taking_paths(log.raid_log)
reference_classes = taking_histories(finished_work.reference_classes)
reporting_compliance = taking_histories(history.reporting_compliance)
risk_exposure = taking_paths(exposure.risk_exposure)
status = taking_paths(health.status)
