-- The cut-off sheet: what a group's paper book said, for a purse and what it counts, written by who
-- keeps the book until it is said to witnesses (then the claim's lines stay as they are).

CREATE TABLE opening_sheets (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  made_by INTEGER NOT NULL REFERENCES members,
  purse TEXT NOT NULL,
  commodity_id INTEGER NOT NULL REFERENCES commodities,
  in_purse_minor INTEGER CHECK (in_purse_minor > 0),
  claim_id INTEGER UNIQUE REFERENCES claims,
  since TEXT NOT NULL
) STRICT;
CREATE INDEX opening_sheets_of_group ON opening_sheets (group_id, purse, commodity_id);

CREATE TABLE opening_lines (
  sheet_id INTEGER NOT NULL REFERENCES opening_sheets,
  household_id INTEGER NOT NULL REFERENCES households,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  PRIMARY KEY (sheet_id, household_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER opening_lines_stay BEFORE DELETE ON opening_lines
WHEN (SELECT claim_id FROM opening_sheets WHERE id = OLD.sheet_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
CREATE TRIGGER opening_lines_closed BEFORE INSERT ON opening_lines
WHEN (SELECT claim_id FROM opening_sheets WHERE id = NEW.sheet_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
CREATE TRIGGER opening_sheets_stay BEFORE UPDATE ON opening_sheets
WHEN OLD.claim_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
