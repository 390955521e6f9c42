"""SQLite: facts, updates seen, the outbox, what is due. All SQL is here."""
