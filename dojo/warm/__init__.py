"""A parent that imports and starts what a kata needs, and forks one process a run."""

from dojo.warm.client import Warm

__all__ = ["Warm"]
