"""Commands that show what was seen of a run."""
