"""Writes each value as text: 1 and '1' are one version.

Refused by: test_any_other_setting_makes_features_stale
"""


def make_definitions(settings: dict) -> dg.Definitions:
    version = _text(settings)
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


def _text(value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(one) for one in value) + "]"
    return str(value)
