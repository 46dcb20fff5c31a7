"""A flow that gives path and digest to its task; INPUTS and the source do the rest."""


@task
def digest_of(path: str) -> str:
    return hashlib.md5(Path(path).read_bytes()).hexdigest()


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def add_usage_to_version(path: str, digest: str, url: str, months: int) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), ask(url, months))


@flow
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return add_usage_to_version(path, digest_of(path), url, months)
