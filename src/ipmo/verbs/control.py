"""How a portfolio is doing, who may decide, how well its months were reported, and who changed what."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from ipmo.analysis.control import authority, effect, exposure, finished_work, history, learned
from ipmo.analysis.control import movement as moving
from ipmo.analysis.control import raid_log as log
from ipmo.analysis.control import status as health
from ipmo.analysis.control.audit import AuditTrail
from ipmo.desk import declared, taking_histories, taking_paths
from ipmo.errors import FileError, one_of
from ipmo.files.audit import trail_of
from ipmo.options import checked

__all__ = [
    "approver",
    "audit_trail",
    "effect_of",
    "movement",
    "raid_log",
    "reference_classes",
    "reporting_compliance",
    "risk_exposure",
    "status",
    "what_we_learn",
]

approver = taking_paths(authority.approver)
effect_of = taking_histories(effect.effect_of)
movement = taking_histories(moving.movement)
raid_log = taking_paths(log.raid_log)
reference_classes = taking_histories(finished_work.reference_classes)
reporting_compliance = taking_histories(history.reporting_compliance)
risk_exposure = taking_paths(exposure.risk_exposure)
status = taking_paths(health.status)
what_we_learn = taking_histories(learned.what_we_learn)


@checked
def audit_trail(path: str | os.PathLike[str], *, use: Literal["git", "snapshots"] | None = None) -> AuditTrail:
    """Who changed what, when: from git where the file is in one, else from one snapshot to the next.

    Of a text that git keeps (YAML, JSON) each field that a commit changed is an entry; of other files, and of snapshots, that they came, went or
    were changed. What is not committed yet is not in it. Nothing that a repository names is run: no hook, filter, pager or
    program for differences.

    Args:
        path: of the portfolio's file or folder, or of the folder of its snapshots.
        use: `git` or `snapshots` and nothing else; git where it knows the files when left out.

    Raises:
        FileError: there is no such file, nothing is known of it, or a snapshot cannot be read.
        OptionError: `use` is neither.
    """
    if use is not None:
        one_of("use", use, ("git", "snapshots"))
    if not os.fspath(path).strip():
        raise FileError("", "the path is empty; name a file or folder")
    return trail_of(Path(path), os.fspath(path), use, declared())


audit_trail.__module__ = "ipmo"
