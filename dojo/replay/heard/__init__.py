"""Gather what happened in a test: what each engine stored or said, and what was called."""
