"""What people read: the page's language, the exam's words, the header, and their English.

French stands in the code and is the key; `translations` holds the English.
"""

from evaluator_app.words.language import _, _l, locale, ngettext, say, speak, timezone

__all__ = ["_", "_l", "locale", "ngettext", "say", "speak", "timezone"]
