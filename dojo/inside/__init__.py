"""What runs behind the walls: the warm parent that forks it, scenarios and tests."""
