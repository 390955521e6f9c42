-- The treasurer's list of a meeting: who has paid, a tick each, until it is said as a whole.

CREATE TABLE meeting_lists (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  made_by INTEGER NOT NULL REFERENCES members,
  purse TEXT NOT NULL,
  period TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'said')),
  since TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX meeting_lists_open ON meeting_lists (made_by, purse) WHERE state = 'open';

CREATE TABLE meeting_ticks (
  list_id INTEGER NOT NULL REFERENCES meeting_lists,
  household_id INTEGER NOT NULL REFERENCES households,
  PRIMARY KEY (list_id, household_id)
) STRICT, WITHOUT ROWID;
