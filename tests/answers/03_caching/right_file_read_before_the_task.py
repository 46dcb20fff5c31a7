"""Reads the file in each call and hands the frame to the cached task: content in, path out."""


def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return add_usage(pd.read_csv(path), url, months)
