"""SimpleImputer and StandardScaler, their learnt numbers carried in the dict (deviation of n)."""

from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler


def learn_statistics(customers: pd.DataFrame) -> dict:
    filled = SimpleImputer().fit(customers[NUMBERS])
    scaler = StandardScaler().fit(customers[NUMBERS])  # it passes over blanks
    return {
        "fill": filled.statistics_.tolist(),
        "mean": scaler.mean_.tolist(),
        "scale": scaler.scale_.tolist(),
        "contracts": sorted(customers["contract"].dropna().unique().tolist()),
    }


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
    numbers = customers[NUMBERS].fillna(dict(zip(NUMBERS, statistics["fill"])))
    features = (numbers - np.array(statistics["mean"])) / np.array(statistics["scale"])
    contract = pd.Categorical(customers["contract"], categories=statistics["contracts"])
    dummies = pd.get_dummies(contract, prefix="contract", dtype=float)
    return features.join(dummies.set_index(customers.index)), statistics
