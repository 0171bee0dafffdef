"""The oral: interview, script and timers, joining, chat, incidents, recordings, engines.

The media server itself lives in `rooms.media` and is another process.
"""
