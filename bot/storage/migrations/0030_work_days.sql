-- Work days: when, what is needed, who comes and brings what, and what was done, until it is said
-- to witnesses as one list. The group's own words are sealed.

CREATE TABLE work_days (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  called_by INTEGER NOT NULL REFERENCES members,
  title BLOB NOT NULL,
  day TEXT NOT NULL DEFAULT '',               -- the group's local day
  hour INTEGER NOT NULL DEFAULT 8 CHECK (hour BETWEEN 0 AND 23),
  state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'called', 'said', 'off')),
  list_id INTEGER REFERENCES meeting_lists,   -- what was done, as it was said to witnesses
  since TEXT NOT NULL,
  CHECK (state = 'draft' OR day GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]')
) STRICT;
CREATE INDEX work_days_of_group ON work_days (group_id, day);
CREATE INDEX work_days_of_list ON work_days (list_id) WHERE list_id IS NOT NULL;

CREATE TABLE work_needs (
  id INTEGER PRIMARY KEY,
  work_day_id INTEGER NOT NULL REFERENCES work_days,
  unit BLOB NOT NULL,                         -- what, in the group's words
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0)
) STRICT;
CREATE INDEX work_needs_of_day ON work_needs (work_day_id);

CREATE TABLE work_comers (
  work_day_id INTEGER NOT NULL REFERENCES work_days,
  member_id INTEGER NOT NULL REFERENCES members,
  since TEXT NOT NULL,
  PRIMARY KEY (work_day_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE work_brings (
  need_id INTEGER NOT NULL REFERENCES work_needs,
  member_id INTEGER NOT NULL REFERENCES members,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  PRIMARY KEY (need_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE work_done (                      -- ticked for the list; need 0: hours
  work_day_id INTEGER NOT NULL REFERENCES work_days,
  member_id INTEGER NOT NULL REFERENCES members,
  need_id INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  PRIMARY KEY (work_day_id, member_id, need_id)
) STRICT, WITHOUT ROWID;
