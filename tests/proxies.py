"""What proxies processes under test find: one at which nobody answers, or none at all."""

from dojo.author.standalone import DEAD, DEAD_PROXIES

__all__ = ["DEAD", "DEAD_PROXIES", "NONE"]

NONE = {"no": "*"}  # what urllib finds where there is none, on any system
