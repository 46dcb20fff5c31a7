"""What runs behind the walls: the warm parent that forks it, calls, tests, what a kata has run."""
