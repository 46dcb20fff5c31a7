"""Answer in a second: a parent that has imported everything and entered the engines forks runs."""

from dojo.warm.client import Warm

__all__ = ["Warm"]
