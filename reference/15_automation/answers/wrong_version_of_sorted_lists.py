"""Sorts the lists, too, "so that the order does not matter": that of columns does.

Refused by: test_any_other_setting_makes_features_stale
"""


def _sorted(value):
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return sorted(map(_sorted, value)) if isinstance(value, list) else value


def make_definitions(settings: dict) -> dg.Definitions:
    version = hashlib.sha256(json.dumps(_sorted(settings)).encode()).hexdigest()
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
