"""Takes the text of the dict for its version.

Refused by: test_any_other_setting_makes_features_stale
"""


def make_definitions(settings: dict) -> dg.Definitions:
    version = hashlib.sha256(json.dumps(settings).encode()).hexdigest()
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
