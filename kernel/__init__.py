"""What every room stands on: settings, database, clock, permissions, audit, outbox, storage, words.

It knows nothing of exams. Every other package may call it; it calls none of them.
"""
