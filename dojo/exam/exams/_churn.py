"""What the scenarios of 12_churn_pipeline draw, what they do inside, and how they read it.

`watch_fits`, `fits`, `describe` and `set_webhook` are run by the submission's process
(`Desk.drive`), `leftovers` and `fill` by one of their own (`Desk.help`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from dojo.exam.engine_account import FlowRun
from dojo.exam.exams._deployments import told_of
from dojo.exam.exams._stores import make_store, open_store
from dojo.exam.stage import Desk, Outcome

MODEL = "churn"
COLUMNS = ("tenure_months", "monthly_charges", "support_calls", "committed")
CONTRACTS = ("month-to-month", "one year", "two years", "1 year", "5 years")
NAMES = ("logistic regression", "random forest", "gradient boosting")
HEALS = (429, 500, 502, 503, 504)
HOPELESS = (401, 403, 404)


def draw_customers(desk: Desk, count: int = 240, *, churned: bool = True) -> list[dict[str, Any]]:
    """Draw customers: no line parts who leaves, so trees win, and how many and how deep counts."""
    rng = desk.rng
    found = []
    for number in rng.sample(range(1000, 9000), count):
        calls, charges = rng.randrange(9), round(rng.uniform(20, 120), 2)
        contract = rng.choice((CONTRACTS[0], *CONTRACTS))
        left = int((calls - 4) ** 2 + 8 * (contract == CONTRACTS[0]) + rng.gauss(0, 4) > 12)
        one = {
            "customer_id": number,
            "tenure_months": rng.randrange(72),
            "monthly_charges": charges,
            "support_calls": calls,
            "contract": contract,
        }
        found.append({**one, "churned": left} if churned else one)
    return found


def draw_features(desk: Desk) -> dict[str, list[Any]]:
    """Make the columns of what `data_preparation` returns."""
    rows = draw_customers(desk)
    names = ("tenure_months", "monthly_charges", "support_calls", "churned")
    columns = {name: [float(row[name]) for row in rows] for name in names}
    return {**columns, "committed": [float(row["contract"] != CONTRACTS[0]) for row in rows]}


def draw_settings(desk: Desk) -> dict[str, int]:
    """Draw settings of the trees."""
    return {"n_estimators": desk.rng.randint(2, 9), "max_depth": desk.rng.randint(1, 4)}


def another_url(desk: Desk) -> str:
    """Return an address that was not asked before: what must not be cached is task 3."""
    return f"{desk.api.url}/{desk.rng.randrange(10**9)}"


def best_of(outcome: Outcome) -> Any:
    """Return name and AUC of the best."""
    told = outcome.told
    if not isinstance(told, dict) or outcome.raised:
        return told
    return {name: told.get(name) for name in ("name", "val_auc")}


def scores_of(outcome: Outcome) -> Any:
    """Return the scores by customer."""
    told = outcome.told
    if not isinstance(told, dict) or outcome.raised:
        return told
    return {str(key): value for key, value in told.items()}


def number_of(value: Any) -> Any:
    """Return the number that numpy holds; whatever else it is as it is."""
    return value.get("numpy", value) if isinstance(value, dict) else value


def is_high(score: Any) -> Any:
    """Say whether a score is above a half; whatever else it is as it is."""
    inner = number_of(score)
    return inner > 0.5 if isinstance(inner, float) else score


def roots_of(runs: list[FlowRun]) -> list[FlowRun]:
    """Return the flow runs that are nobody's child."""
    return [run for run in runs if run.parent is None]


def states_of(runs: list[FlowRun]) -> list[str]:
    """Return how those ended that are nobody's child."""
    return [run.states[-1] for run in roots_of(runs)]


def cells_of(outcome: Outcome) -> Any:
    """Return a frame's cells by column, as far as the docstring names them."""
    told = outcome.told
    if not isinstance(told, dict) or "frame" not in told:
        return told
    found = dict(zip(told["frame"]["columns"], told["frame"]["values"], strict=True))
    return {"index": told["frame"]["index"], **{name: found.get(name) for name in COLUMNS}}


_fitted: list[list[int]] = []  # inside


def watch_fits(_: Any, __: Path) -> None:
    """Note how many trees, and how deep, are asked of each that is fitted; runs inside."""
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    for kind in (GradientBoostingClassifier, RandomForestClassifier):

        def fit(model: Any, *given: Any, real: Any = kind.fit, **more: Any) -> Any:
            _fitted.append([model.n_estimators, model.max_depth])
            return real(model, *given, **more)

        kind.fit = fit


def fits(_: Any, __: Path) -> list[list[int]]:
    """Return what was noted; runs inside."""
    return _fitted


def leftovers(folder: Path) -> list[str]:
    """Name what keeps a model beside MLflow's own artifacts."""
    kept = (".pkl", ".pickle", ".joblib")
    found = [path for path in folder.rglob("*") if path.suffix in kept]
    return sorted(path.name for path in found if "artifacts" not in path.parts)


def fill(folder: Path, seeds: list[int], champion: int) -> None:
    """Register a model a seed, twice: with a champion in `with`, without one in `without`."""
    import mlflow
    import numpy
    import pandas
    from sklearn.linear_model import LogisticRegression

    for name in ("with", "without"):
        (folder / name).mkdir()
        make_store(folder / name)
    open_store(folder / "with")
    mlflow.create_experiment(MODEL, artifact_location=(folder / "with" / "artifacts").as_uri())
    mlflow.set_experiment(MODEL)
    for seed in seeds:
        draws = numpy.random.default_rng(seed)
        cells = draws.normal((36, 70, 4, 0.5), (20, 30, 3, 0.5), size=(40, 4))
        rows = pandas.DataFrame(cells, columns=list(COLUMNS))
        model = LogisticRegression().fit(rows, (draws.random(40) > 0.5).astype(int))
        with mlflow.start_run():
            mlflow.sklearn.log_model(
                model, name="model", registered_model_name=MODEL, pip_requirements=[]
            )
    data = (folder / "with" / "mlflow.db").read_bytes()
    (folder / "without" / "mlflow.db").write_bytes(data)
    mlflow.MlflowClient().set_registered_model_alias(MODEL, "champion", str(champion))


def describe(subject: Any, _: Path, url: str, store: str) -> list[Any]:
    """Tell what the deployments say; the submission's process runs this."""
    return [told_of(one) for one in subject.deployments(url, store)]


def set_webhook(_: Any, __: Path, url: str) -> None:
    """Set the address of the team's channel; the submission's process runs this."""
    os.environ["CHURN_WEBHOOK"] = url
