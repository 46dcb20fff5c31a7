"""Real runs of a nightly flow with planted causes: docs/make_nights.py keeps them for kata 17."""
