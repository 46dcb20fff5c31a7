"""Composes the conditions of smaller ones, and repeats no digest: the version is sorted text."""


def make_definitions(settings: dict) -> dg.Definitions:
    condition = dg.AutomationCondition
    updated = condition.any_deps_updated() & ~condition.any_deps_missing()
    specs = {
        "features": (["customers"], repr(json.dumps(settings, sort_keys=True))),
        "churn_model": (["features"], "1"),
    }

    @dg.multi_asset(specs=[dg.AssetSpec("customers")])
    def load():
        return dg.MaterializeResult("customers")

    def made(name: str) -> dg.AssetsDefinition:
        deps, version = specs[name]
        stale = (updated | condition.code_version_changed()).since_last_handled()

        @dg.asset(name=name, deps=deps, code_version=version, automation_condition=stale)
        def asset() -> None: ...

        return asset

    return dg.Definitions(assets=[load, *(made(name) for name in specs)])
