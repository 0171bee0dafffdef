"""What other platforms call: JSON in, JSON out, a token each, described in `openapi.json`."""
