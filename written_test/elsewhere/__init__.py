"""Results of written tests that were sat on another platform: by file or by call."""
