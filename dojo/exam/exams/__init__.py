"""The secret scenarios: one module a kata, named by its slug; a kata without one has none."""
