"""How evaluators mark, compared with each other: agreement, severity, drift, many-facet Rasch.

Pure modules take arrays: `agreement`, `reliability`, `severity`, `profiles`, `rasch`. `pairs` reads
what two people gave to one performance, `report` makes the figures of pages, `runs` estimates
severities apart. All of it informs people; nothing here changes a mark, and no verdict reads it.
Live and recorded marks are never mixed in one figure: a performance gets lower marks in one than
in the other, whoever rates it.
"""
