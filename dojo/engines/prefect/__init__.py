"""Prefect: the test harness with a quick server, and what a verdict is spared of it."""
