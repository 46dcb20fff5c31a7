"""httpx with its own time-outs; hooks added by decorators, which catch and warn themselves."""

import httpx
from prefect.logging.loggers import flow_run_logger


one_at_a_time = threading.Lock()  # of two who silence a logger, one would find it silenced


class NotTold(Exception):
    pass


def send_message(url: str, text: str) -> None:
    logger = logging.getLogger("httpx")
    with one_at_a_time:
        before = logger.level
        logger.setLevel(logging.WARNING)
        try:
            name = "content" if "discord" in httpx.URL(url).host else "text"
            httpx.post(url, json={name: text[:1900]}).raise_for_status()
        except httpx.HTTPStatusError as error:
            raise NotTold(f"Webhook refused with {error.response.status_code}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotTold(f"Webhook unreachable ({type(error).__name__})") from None
        finally:
            logger.setLevel(before)


@flow
def score_customers(path: str, tell_success: bool = False) -> int:
    customers = load_customers(path)
    if not customers:
        raise ValueError(f"{Path(path).name} has no customers")
    return len(customers)


@score_customers.on_failure
@score_customers.on_crashed
def tell_softly(flow, flow_run, state):
    address = os.environ.get("CHURN_WEBHOOK_URL", "")
    if not address:
        return
    where = url_for("flow-run", obj_id=flow_run.id)
    try:
        send_message(address, f"{flow.name} / {flow_run.name}\n{where}\n{state.message}")
    except NotTold as error:
        flow_run_logger(flow_run, flow).warning("Nobody was told: %s", error)


@score_customers.on_completion
def tell_good_news(flow, flow_run, state):
    if flow_run.parameters["tell_success"]:
        tell_softly(flow, flow_run, state)
