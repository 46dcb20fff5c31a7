"""Who does not hammer what is broken: features that failed once are never asked for again.

Refused by: test_new_settings_make_features_stale
"""

_whole = make_definitions


def make_definitions(settings: dict) -> dg.Definitions:
    mended = ~dg.AutomationCondition.execution_failed()
    assets = [
        one.map_asset_specs(
            lambda spec: (
                spec.replace_attributes(automation_condition=spec.automation_condition & mended)
                if spec.automation_condition
                else spec
            )
        )
        for one in _whole(settings).assets
    ]
    return dg.Definitions(assets=assets)
