"""What a test controls: the API, webhooks, clock, network, data, overlap."""
