"""Files of results from other platforms, read into rows: pure, no database, no clock.

A module a format gives a `Table` (columns and lines as text); `mapping` says which column is
what; `rows` turns each line into a `Row`, or into a `Refusal` that names the line and says why.
"""
