"""Where workers are: WhatsApp and the web. A channel turns what comes in into `Incoming` and carries replies out."""
