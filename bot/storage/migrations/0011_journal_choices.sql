-- What a member turned on for themselves in their check-in, and off again: the last row holds.

CREATE TABLE journal_choices (
  id INTEGER PRIMARY KEY,
  member_id INTEGER NOT NULL REFERENCES members,
  choice TEXT NOT NULL CHECK (choice IN
    ('amounts', 'school', 'business', 'benefits', 'health', 'housing')),
  wanted INTEGER NOT NULL CHECK (wanted IN (0, 1)),
  since TEXT NOT NULL
) STRICT;
CREATE INDEX journal_choices_of_member ON journal_choices (member_id, choice, id);
CREATE TRIGGER journal_choices_stay BEFORE UPDATE ON journal_choices
BEGIN SELECT RAISE(ABORT, 'a choice is never rewritten: add a row'); END;
CREATE TRIGGER journal_choices_remain BEFORE DELETE ON journal_choices
BEGIN SELECT RAISE(ABORT, 'a choice is never deleted: add a row'); END;
