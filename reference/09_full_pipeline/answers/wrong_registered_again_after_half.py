"""Tries to register again, from the beginning: each attempt leaves a version without a check.

Refused by: test_version_stays_when_nothing_fails
"""

_undo = register_version.on_rollback_hooks
_register = register_version.fn


def register_version(store: str, run_id: str) -> int:
    version = _register(store, run_id)
    MlflowClient().set_model_version_tag(MODEL, str(version), "by", "the nightly run")
    return version


register_version = task(register_version, retries=2, retry_delay_seconds=1)
for _hook in _undo:
    register_version.on_rollback(_hook)
