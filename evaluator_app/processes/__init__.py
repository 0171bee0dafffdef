"""Web, media and jobs as processes: kept alive, followed, measured, written about in the log."""
