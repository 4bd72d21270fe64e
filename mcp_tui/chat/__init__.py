"""The chat turn: an async iterator of events that knows nothing of screens, servers or endpoints."""
