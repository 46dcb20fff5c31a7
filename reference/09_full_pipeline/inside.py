"""What the examination of 09_full_pipeline has run inside, without the submission."""

from dojo.inside.stores import make_store

__all__ = ["make_store"]
