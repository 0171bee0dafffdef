"""Item banks: questions brought in, looked after, counted, and put into service."""
