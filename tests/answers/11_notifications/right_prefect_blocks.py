"""Prefect's own blocks (apprise), made to raise; the error they raise is replaced."""

from prefect.blocks.notifications import DiscordWebhook, SlackWebhook


def send_message(url: str, text: str) -> None:
    if "discord" in url:
        _, _, webhook_id, token = urlsplit(url).path.strip("/").split("/")
        block = DiscordWebhook(webhook_id=webhook_id, webhook_token=token)
    else:
        block = SlackWebhook(url=url)
    try:
        with block.raise_on_failure():
            block.notify(text[:1500])
    except Exception as error:
        raise RuntimeError(f"webhook {urlsplit(url).hostname}: {type(error).__name__}") from None
