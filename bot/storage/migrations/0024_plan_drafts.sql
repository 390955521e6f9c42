-- A plan that somebody is making or changing, until it holds: the group's own words, sealed.

CREATE TABLE plan_drafts (
  group_id INTEGER NOT NULL REFERENCES groups,
  person_id INTEGER NOT NULL REFERENCES people,
  document BLOB NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (group_id, person_id)
) STRICT, WITHOUT ROWID;
