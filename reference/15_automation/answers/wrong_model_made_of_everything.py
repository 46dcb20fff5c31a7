"""Has the model depend on the customers, too, which it never reads.

Refused by: test_three_assets_are_all_there_is
"""


def make_definitions(settings: dict) -> dg.Definitions:
    version = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    when_stale = dg.AutomationCondition.eager()

    @dg.asset
    def customers() -> None: ...

    @dg.asset(
        deps=[customers],
        code_version=version,
        automation_condition=when_stale | dg.AutomationCondition.code_version_changed(),
    )
    def features() -> None: ...

    @dg.asset(deps=[customers, features], automation_condition=when_stale)
    def churn_model() -> None: ...

    return dg.Definitions(assets=[customers, features, churn_model])
