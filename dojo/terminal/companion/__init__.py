"""The companion: where a learner is, what the tests say of the file just saved, and keys."""
