"""The chat on web pages: the widget that a site includes, the chat in its frame, and the calls that it makes."""
