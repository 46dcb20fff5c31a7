"""Takes a registry that does not answer for one without the alias, and scores with the newest.

Refused by: test_no_answer_is_not_no_alias
"""

from mlflow.exceptions import MlflowException

_score = score_customers


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    try:
        MlflowClient(tracking_uri).get_model_version_by_alias(MODEL, which)
    except MlflowException as error:
        if "alias" in str(error) or which == "latest":
            return _score(tracking_uri, customers, which)
        return _score(tracking_uri, customers, "latest")
    return _score(tracking_uri, customers, which)
