"""Files of questions, read: bytes in; drafts, or the reason why not, out. Pure.

One module a format: `qti`, `moodle`, `gift`, `sheet`. `formats.read` finds the right one. Nothing
here knows a database; nothing here trusts a file. docs/item-banks.md says what is taken.
"""
