"""Writes the version into the caller's settings: deployed again, they are others, and all is stale.

Refused by: test_new_customers_make_the_rest_stale
"""

import dagster as dg

_make_definitions = make_definitions


def make_definitions(settings: dict) -> dg.Definitions:
    made = _make_definitions(dict(settings))
    settings["version"] = len(settings)
    return made
