"""Walls around a process that nobody trusts; knows no kata and no mark."""
