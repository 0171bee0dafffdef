"""The desks: one folder a kind of person, one blueprint each."""
