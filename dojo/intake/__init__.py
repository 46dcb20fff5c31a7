"""What was handed in, by whom, and when: folders, archives, rosters, platforms."""
