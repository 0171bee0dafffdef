"""The oral's place in time: appointments. Self-booking, availability and reminders belong here."""
