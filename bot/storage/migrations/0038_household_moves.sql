-- Who moved out of which household into which, and when: what a home gave while it was one is not
-- asked for again of who moved out.

CREATE TABLE household_moves (
  id INTEGER PRIMARY KEY,
  member_id INTEGER NOT NULL REFERENCES members,
  left_id INTEGER NOT NULL REFERENCES households,
  joined_id INTEGER NOT NULL REFERENCES households,
  moved_at TEXT NOT NULL,
  CHECK (left_id != joined_id)
) STRICT;
CREATE INDEX household_moves_of_member ON household_moves (member_id, id);
