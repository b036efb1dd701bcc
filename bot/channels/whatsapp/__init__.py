"""WhatsApp, over Meta's Cloud API: what comes in by webhook, and what goes out over the Graph API."""
