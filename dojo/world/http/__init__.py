"""HTTP services as a test has them: the customer API, webhooks, and the ways that clients take."""
