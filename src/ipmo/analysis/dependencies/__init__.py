"""What depends on what across projects: targets, critical links, hand-overs, interfaces, single points of failure."""
