"""Takes `hash` for the version: it is another one in each process.

Refused by: test_new_settings_make_features_stale
"""


def make_definitions(settings: dict) -> dg.Definitions:
    version = str(hash(json.dumps(settings, sort_keys=True)))
    when_stale = dg.AutomationCondition.eager()

    @dg.asset
    def customers() -> None: ...

    @dg.asset(
        deps=[customers],
        code_version=version,
        automation_condition=when_stale | dg.AutomationCondition.code_version_changed(),
    )
    def features() -> None: ...

    @dg.asset(deps=[features], automation_condition=when_stale)
    def churn_model() -> None: ...

    return dg.Definitions(assets=[customers, features, churn_model])
