"""Measure how long a learner waits, as ratios within one run."""
