"""Names each task run after its candidate: to Prefect that is a template, and "C={0.5}" breaks.
The candidate is left out, as if its training had failed.

Refused by: test_five_candidates_train_at_once
"""

_given = train_candidate


class _Named:
    def submit(self, name: str, *given):
        return _given.with_options(task_run_name=f"train {name}").submit(name, *given)


train_candidate = _Named()
