"""Logs into the run that is open, if there is one: two trainings share it, as one.

Refused by: test_gate_keeps_a_poor_model_out
"""


class Tracker:
    def __getattr__(self, name):
        return getattr(_mlflow, name)

    def start_run(self):
        theirs = _mlflow.active_run()
        return contextlib.nullcontext(theirs) if theirs else _mlflow.start_run()


_mlflow, mlflow = mlflow, Tracker()
