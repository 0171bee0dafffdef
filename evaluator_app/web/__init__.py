"""What every request passes: the edge of its transaction, refusals, uploads, headers."""
