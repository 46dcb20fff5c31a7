"""Declares the version and waits: a page shows "unsynced", and nothing is made.

Refused by: test_new_settings_make_features_stale
"""


def make_definitions(settings: dict) -> dg.Definitions:
    version = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    when_stale = dg.AutomationCondition.eager()

    @dg.asset
    def customers() -> None: ...

    @dg.asset(
        deps=[customers],
        code_version=version,
        automation_condition=when_stale,
    )
    def features() -> dict:
        return settings

    @dg.asset(deps=[features], automation_condition=when_stale)
    def churn_model() -> None: ...

    return dg.Definitions(assets=[customers, features, churn_model])
