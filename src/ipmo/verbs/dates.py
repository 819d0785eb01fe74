"""When work can start and finish, and how good the schedule is."""

from ipmo.analysis.dates import quality
from ipmo.analysis.dates import schedule as dates
from ipmo.desk import taking_paths

__all__ = ["schedule", "schedule_quality"]

schedule = taking_paths(dates.schedule)
schedule_quality = taking_paths(quality.schedule_quality)
