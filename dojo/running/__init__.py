"""From a solution to a verdict in pytest: `--solutions`, fixtures, the child, red tests."""
