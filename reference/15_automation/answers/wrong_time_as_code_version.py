"""Has a new version at each deployment.

Refused by: test_new_customers_make_the_rest_stale, test_new_settings_make_features_stale
"""

import time


def make_definitions(settings: dict) -> dg.Definitions:
    version = str(time.time())
    when_stale = dg.AutomationCondition.eager()

    @dg.asset
    def customers() -> None: ...

    @dg.asset(
        deps=[customers],
        code_version=version,
        automation_condition=when_stale | dg.AutomationCondition.code_version_changed(),
    )
    def features() -> dict:
        return settings

    @dg.asset(deps=[features], automation_condition=when_stale)
    def churn_model() -> None: ...

    return dg.Definitions(assets=[customers, features, churn_model])
