-- Several plans side by side: one board a day for all that is due, pledges of what one can give,
-- and how many shares a tick on a list stands for.

CREATE TABLE contribution_boards (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  UNIQUE (group_id, day)
) STRICT;

CREATE TABLE contribution_board_periods (
  board_id INTEGER NOT NULL REFERENCES contribution_boards,
  plan INTEGER NOT NULL CHECK (plan > 0),      -- its number in the agreement
  purse TEXT NOT NULL,
  period TEXT NOT NULL,
  PRIMARY KEY (board_id, plan, period)
) STRICT, WITHOUT ROWID;
CREATE INDEX contribution_board_periods_of_plan ON contribution_board_periods (plan, board_id);

CREATE TABLE pledges (           -- what a household means to give each time, where all is open
  household_id INTEGER NOT NULL REFERENCES households,
  plan INTEGER NOT NULL CHECK (plan > 0),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  since TEXT NOT NULL,
  PRIMARY KEY (household_id, plan)
) STRICT, WITHOUT ROWID;

-- A list is for all plans (0), or for one of them by its number.
ALTER TABLE meeting_lists ADD COLUMN plan INTEGER NOT NULL DEFAULT 0 CHECK (plan >= 0);
ALTER TABLE meeting_ticks ADD COLUMN shares INTEGER NOT NULL DEFAULT 1
  CHECK (shares BETWEEN 1 AND 5);
