"""Prefect's own blocks (apprise), made to raise and to follow nothing; their error is replaced."""

from prefect.blocks.notifications import SlackWebhook


def send_message(url: str, text: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname not in ("hooks.slack.com", "discord.com"):
        raise ValueError("no address of a webhook")  # apprise would log it
    # A block is told by its address whose it is; this one takes any.
    block = SlackWebhook(url=f"{url.strip()}?redirect=no")
    try:
        with block.raise_on_failure():
            block.notify(text[:1500])
    except Exception as error:
        raise RuntimeError(f"webhook {parts.hostname}: {type(error).__name__}") from None
