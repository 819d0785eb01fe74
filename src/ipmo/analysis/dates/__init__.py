"""When everything happens, how far it can slip, and how well the schedule is made."""
