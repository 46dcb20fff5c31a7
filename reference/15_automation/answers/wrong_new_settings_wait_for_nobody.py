"""Asks for nothing while features are made, and forgets that the settings changed meanwhile.

Refused by: test_new_settings_make_features_stale
"""


def make_definitions(settings: dict) -> dg.Definitions:
    version = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    condition = dg.AutomationCondition

    @dg.asset
    def customers() -> None: ...

    @dg.asset(
        deps=[customers],
        code_version=version,
        automation_condition=(condition.eager() | condition.code_version_changed())
        & ~condition.in_progress(),
    )
    def features() -> None: ...

    @dg.asset(deps=[features], automation_condition=condition.eager())
    def churn_model() -> None: ...

    return dg.Definitions(assets=[customers, features, churn_model])
