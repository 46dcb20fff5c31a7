"""Where Dagster is told another time of day."""

from __future__ import annotations

from dojo.ground.libraries.seam import Seam

NOW = Seam(
    "dagster._time:_mockable_get_current_datetime",
    "tells all of Dagster the date: which partitions are over, which tick is due",
    "a day that a test lets pass does not pass",
)

SEAMS = (NOW,)
