"""Who counts the code in by its file's time: each checkout is another one, and all is made again.

Refused by: test_new_settings_make_features_stale
"""

_whole = make_definitions
_code = Path(__file__).stat().st_mtime_ns


def make_definitions(settings: dict) -> dg.Definitions:
    assets = [
        one.map_asset_specs(
            lambda spec: spec.replace_attributes(
                code_version=spec.code_version and f"{spec.code_version} {_code}"
            )
        )
        for one in _whole(settings).assets
    ]
    return dg.Definitions(assets=assets)
