"""The warm process answers where the other tracks' engines are not installed."""

import importlib.util

from dojo.catalog.kata import find_kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT
from dojo.warm import Warm


def test_verdict_where_prefect_is_not_installed() -> None:
    assert importlib.util.find_spec("prefect") is None
    kata = find_kata(load_catalog(PACKAGE_ROOT), "xcom")
    with Warm(PACKAGE_ROOT) as warm:
        verdict = warm.run(kata, "reference")

    assert verdict.fault == ""
    assert verdict.solved_tasks(kata) == [1, 2, 3, 4]
