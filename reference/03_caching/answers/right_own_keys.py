"""Key functions of its own: what a frame is made of as text, the task's name in front."""


def typed(kind: object) -> str:
    categories = getattr(kind, "categories", None)
    return f"{kind!r}{None if categories is None else categories.tolist()}"


def frame_key(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    columns = [(name, typed(one.dtype), one.tolist()) for name, one in customers.items()]
    content = f"{customers.index.tolist()}{columns}"
    rest = f"{content}|{arguments['url']}|{arguments['months']}"
    return f"{context.task.name}-{hashlib.sha256(rest.encode()).hexdigest()}"


def named_key(context: TaskRunContext, arguments: dict) -> str:
    text = f"{context.task.name}|{sorted(arguments.items())}"
    return hashlib.sha256(text.encode()).hexdigest()


@task(cache_key_fn=frame_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))


@task(cache_key_fn=named_key, cache_expiration=HOUR)
def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in ask(url, months)]
    return sum(calls) / len(calls)


@task(cache_key_fn=named_key, cache_expiration=HOUR)
def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in ask(url, months))
