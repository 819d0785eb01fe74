"""How things stand beside what was reported: status, tolerances, authority, the RAID log, months in order."""
