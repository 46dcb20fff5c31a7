"""Without settings there is no code version, and Dagster sees no change from none to the first.

Refused by: test_new_settings_make_features_stale
"""

_versioned = make_definitions


def make_definitions(settings: dict) -> dg.Definitions:
    if settings:
        return _versioned(settings)

    @dg.asset
    def customers() -> None: ...

    @dg.asset(
        deps=[customers],
        automation_condition=dg.AutomationCondition.eager()
        | dg.AutomationCondition.code_version_changed(),
    )
    def features() -> None: ...

    @dg.asset(deps=[features], automation_condition=dg.AutomationCondition.eager())
    def churn_model() -> None: ...

    return dg.Definitions(assets=[customers, features, churn_model])
