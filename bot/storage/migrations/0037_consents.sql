-- What a member agreed to take part in, practice by practice, and when they said otherwise. Without
-- a row they take part as they agreed when they joined. Only ever added to: the last row holds.

CREATE TABLE consents (
  id INTEGER PRIMARY KEY,
  member_id INTEGER NOT NULL REFERENCES members,
  practice TEXT NOT NULL
    CHECK (practice IN ('check_ins', 'contributions', 'meetings', 'matching', 'own_month')),
  given INTEGER NOT NULL CHECK (given IN (0, 1)),
  said_at TEXT NOT NULL
) STRICT;
CREATE INDEX consents_of_member ON consents (member_id, practice, id);
CREATE TRIGGER consents_stay BEFORE UPDATE ON consents
BEGIN SELECT RAISE(ABORT, 'what was agreed to is never rewritten: add a row'); END;
CREATE TRIGGER consents_remain BEFORE DELETE ON consents
BEGIN SELECT RAISE(ABORT, 'what was agreed to is never deleted: add a row'); END;
