"""Say in a learner's language what is written in English beside its assertion."""
