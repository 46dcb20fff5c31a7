"""Prefect's block for any webhook: its asynchronous httpx client, in a hook that is a coroutine."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

from prefect.blocks.notifications import CustomWebhookNotificationBlock


silencing = threading.Lock()


@contextlib.contextmanager
def addresses_unlogged():
    logger = logging.getLogger("httpx")
    with silencing:  # a second one would find it silenced, and leave it so
        before = logger.level
        logger.setLevel(logging.WARNING)
        try:
            yield
        finally:
            logger.setLevel(before)


async def post(url: str, text: str) -> str:
    key = "content" if "discord" in url else "text"
    block = CustomWebhookNotificationBlock(
        name="churn", url=url, json_data={key: "{{body}}"}, timeout=5
    )
    try:
        with addresses_unlogged():
            await block.anotify(body=text[:1900])
    except Exception as error:
        answer = getattr(error, "response", None)
        return f"{type(error).__name__} {getattr(answer, 'status_code', '')}"
    return ""


def send_message(url: str, text: str) -> None:
    with ThreadPoolExecutor(1) as beside:  # the caller's thread may have a loop that runs
        problem = beside.submit(lambda: asyncio.run(post(url, text))).result()
    if problem:
        raise RuntimeError(f"webhook: {problem}")


async def tell_later(flow, flow_run, state):
    url = os.environ.get("CHURN_WEBHOOK_URL")
    if url:
        problem = await post(
            url, f"{flow.name} {flow_run.name} {url_for(flow_run)} {state.message}"
        )
        if problem:
            raise RuntimeError(f"webhook: {problem}")


score_customers = score_customers.with_options(on_failure=[tell_later], on_crashed=[tell_later])
