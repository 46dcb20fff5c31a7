"""Asks for the customers where there are none: nobody has imported any.

Refused by: test_new_customers_make_the_rest_stale
"""


def make_definitions(settings: dict) -> dg.Definitions:
    version = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    when_stale = dg.AutomationCondition.eager()

    @dg.asset(automation_condition=dg.AutomationCondition.on_missing())
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
