"""The written part: its results. The adaptive test belongs here."""
