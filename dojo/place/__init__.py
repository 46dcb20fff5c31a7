"""A learner's own folder: how it is made, brought up to date, put back; nothing in it is lost."""
