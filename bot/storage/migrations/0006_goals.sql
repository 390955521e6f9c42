-- Members' own goals: what they want, the way there, and how it stands. Added to, never rewritten.

CREATE TABLE goals (
  id INTEGER PRIMARY KEY,
  member_id INTEGER NOT NULL REFERENCES members,   -- whose it is; their group is the goal's group
  measure TEXT NOT NULL CHECK (measure IN ('money_up', 'money_down', 'number', 'steps')),
  currency TEXT,
  since TEXT NOT NULL,
  CHECK ((currency IS NOT NULL) = (measure IN ('money_up', 'money_down')))
) STRICT;
CREATE INDEX goals_of_member ON goals (member_id);

CREATE TABLE goal_terms (       -- what is wanted, version by version: the last one holds
  goal_id INTEGER NOT NULL REFERENCES goals,
  version INTEGER NOT NULL CHECK (version > 0),
  words BLOB NOT NULL,          -- sealed with the member's key, as is all that follows in words
  area TEXT NOT NULL CHECK (area IN ('money', 'school', 'work', 'home', 'health', 'farm', 'family',
    'community', 'other')),
  unit BLOB,
  to_value INTEGER NOT NULL CHECK (to_value >= 0),
  by_month TEXT CHECK (by_month GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
  shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
  since TEXT NOT NULL,
  PRIMARY KEY (goal_id, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER goal_terms_stay BEFORE UPDATE ON goal_terms
BEGIN SELECT RAISE(ABORT, 'what was wanted is never rewritten: add a version'); END;
CREATE TRIGGER goal_terms_remain BEFORE DELETE ON goal_terms
BEGIN SELECT RAISE(ABORT, 'what was wanted is never deleted'); END;

CREATE TABLE goal_steps (       -- of a goal measured by steps
  goal_id INTEGER NOT NULL REFERENCES goals,
  number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 9),
  words BLOB NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (goal_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER goal_steps_stay BEFORE UPDATE ON goal_steps
BEGIN SELECT RAISE(ABORT, 'a step is never rewritten'); END;
CREATE TRIGGER goal_steps_remain BEFORE DELETE ON goal_steps
BEGIN SELECT RAISE(ABORT, 'a step is never deleted'); END;

CREATE TABLE goal_values (      -- how far: each value holds from `since` until the next one does
  id INTEGER PRIMARY KEY,
  goal_id INTEGER NOT NULL REFERENCES goals,
  person_id INTEGER NOT NULL REFERENCES people,    -- who said so
  value INTEGER NOT NULL CHECK (value >= 0),  -- minor units; hundredths; or one bit a step
  since TEXT NOT NULL,
  supersedes INTEGER UNIQUE REFERENCES goal_values,  -- a correction: the other stays to be read
  why TEXT CHECK (why IN ('slip', 'later_news', 'words')),
  said_at TEXT NOT NULL,
  CHECK ((supersedes IS NULL) = (why IS NULL)),    -- a correction says why, anything else need not
  CHECK (supersedes IS NOT NULL OR since = said_at)
) STRICT;
CREATE INDEX goal_values_in_order ON goal_values (goal_id, since, id);
CREATE TRIGGER goal_values_of_one_goal BEFORE INSERT ON goal_values
WHEN NEW.supersedes IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM goal_values WHERE id = NEW.supersedes AND goal_id = NEW.goal_id
  AND since = NEW.since)
BEGIN SELECT RAISE(ABORT, 'a correction stands where what it corrects stood'); END;
CREATE TRIGGER goal_values_stay BEFORE UPDATE ON goal_values
BEGIN SELECT RAISE(ABORT, 'a value is never changed: add a row'); END;
CREATE TRIGGER goal_values_remain BEFORE DELETE ON goal_values
BEGIN SELECT RAISE(ABORT, 'a value is never deleted'); END;

CREATE TABLE goal_reasons (     -- why it moved, if they say so; said again, it is added
  id INTEGER PRIMARY KEY,
  value_id INTEGER NOT NULL REFERENCES goal_values,
  person_id INTEGER NOT NULL REFERENCES people,
  words BLOB NOT NULL,          -- sealed with the key of who said it
  said_at TEXT NOT NULL
) STRICT;
CREATE INDEX goal_reasons_of_value ON goal_reasons (value_id, id);
CREATE TRIGGER goal_reasons_stay BEFORE UPDATE ON goal_reasons
BEGIN SELECT RAISE(ABORT, 'a reason is never changed: add a row'); END;
CREATE TRIGGER goal_reasons_remain BEFORE DELETE ON goal_reasons
BEGIN SELECT RAISE(ABORT, 'a reason is never deleted'); END;

CREATE TABLE goal_states (      -- open, reached, let go, and perhaps open again: the last one holds
  id INTEGER PRIMARY KEY,
  goal_id INTEGER NOT NULL REFERENCES goals,
  state TEXT NOT NULL CHECK (state IN ('open', 'reached', 'let_go')),
  round_id INTEGER REFERENCES rounds,  -- said in this monthly check-in, where it was said there
  since TEXT NOT NULL
) STRICT;
CREATE INDEX goal_states_in_order ON goal_states (goal_id, id);
CREATE TRIGGER goal_states_stay BEFORE UPDATE ON goal_states
BEGIN SELECT RAISE(ABORT, 'a state is never changed: add a row'); END;
CREATE TRIGGER goal_states_remain BEFORE DELETE ON goal_states
BEGIN SELECT RAISE(ABORT, 'a state is never deleted'); END;

CREATE TABLE goal_months (      -- how it moved, by the monthly check-in: a round's last one counts
  id INTEGER PRIMARY KEY,
  goal_id INTEGER NOT NULL REFERENCES goals,
  person_id INTEGER NOT NULL REFERENCES people,
  round_id INTEGER NOT NULL REFERENCES rounds,
  moved TEXT NOT NULL CHECK (moved IN ('back', 'same', 'little', 'lot', 'reached')),
  noted_at TEXT NOT NULL
) STRICT;
CREATE INDEX goal_months_in_order ON goal_months (goal_id, round_id, id);
CREATE TRIGGER goal_months_stay BEFORE UPDATE ON goal_months
BEGIN SELECT RAISE(ABORT, 'a month is never changed: add a row'); END;
CREATE TRIGGER goal_months_remain BEFORE DELETE ON goal_months
BEGIN SELECT RAISE(ABORT, 'a month is never deleted'); END;

CREATE TABLE goal_partners (    -- another of the household, who shares the goal once they agree
  id INTEGER PRIMARY KEY,
  goal_id INTEGER NOT NULL REFERENCES goals,
  member_id INTEGER NOT NULL REFERENCES members,
  state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'declined', 'ended')),
  asked_at TEXT NOT NULL,
  answered_at TEXT,
  CHECK (state NOT IN ('agreed', 'declined') OR answered_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX goal_partners_asked_once ON goal_partners (goal_id, member_id)
WHERE state != 'ended';

CREATE TABLE goal_telling (     -- whether the digest may tell that it is reached
  goal_id INTEGER PRIMARY KEY REFERENCES goals,
  may_tell INTEGER NOT NULL CHECK (may_tell IN (0, 1)),
  since TEXT NOT NULL           -- the first yes: a digest tells it once, of its own span
) STRICT;

CREATE TABLE goal_drafts (      -- what a member has said so far of a goal they are adding
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- a button of one that is gone never means another
  member_id INTEGER NOT NULL UNIQUE REFERENCES members,
  parts BLOB NOT NULL,          -- JSON sealed with the member's key
  since TEXT NOT NULL
) STRICT;
