"""What hangs together across projects: targets, critical links, hand-overs, interfaces, single points of failure."""
