"""Reports the last line that traceback writes: of an error with a note it is the note alone.

Refused by: test_failed_candidate_is_reported_others_compete
"""

import traceback


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    training, held_out = split(features)
    try:
        model = make_model(name, seed).fit(training.drop(columns="churned"), training["churned"])
        churn = model.predict_proba(held_out.drop(columns="churned"))[:, 1]
    except Exception as error:
        notes = getattr(error, "__notes__", [])
        lines = [*traceback.format_exception_only(type(error), error), *notes]
        raise RuntimeError(lines[-1]) from error
    return {"name": name, "log_loss": float(log_loss(held_out["churned"], churn, labels=[0, 1]))}
