-- Groups, their agreement, members, households, offices.

CREATE TABLE groups (
  id INTEGER PRIMARY KEY,
  chat_id INTEGER NOT NULL UNIQUE REFERENCES chats,
  title BLOB NOT NULL,          -- sealed with the operator's key
  state TEXT NOT NULL CHECK (state IN ('new', 'active', 'away')),
  language TEXT NOT NULL,
  added_by INTEGER REFERENCES people,
  since TEXT NOT NULL
) STRICT;

CREATE TABLE group_admins (     -- who may press at set-up, as Telegram said; gives no power later
  group_id INTEGER NOT NULL REFERENCES groups,
  person_id INTEGER NOT NULL REFERENCES people,
  is_admin INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
  seen_at TEXT NOT NULL,
  PRIMARY KEY (group_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE setups (           -- what has been chosen so far at set-up
  group_id INTEGER PRIMARY KEY REFERENCES groups,
  step TEXT NOT NULL,
  choices BLOB NOT NULL         -- JSON, sealed with the operator's key
) STRICT;

CREATE TABLE agreements (       -- the group's agreement, version by version, never changed
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  version INTEGER NOT NULL CHECK (version > 0),
  document BLOB NOT NULL,       -- JSON, as bot/domain/agreement.py reads it; sealed, for it says
                                -- how the group pays: names and numbers
  since TEXT NOT NULL,
  changed_by INTEGER REFERENCES people,
  UNIQUE (group_id, version)
) STRICT;
CREATE TRIGGER agreements_stay BEFORE UPDATE ON agreements
BEGIN SELECT RAISE(ABORT, 'an agreement is never changed: add a version'); END;
CREATE TRIGGER agreements_remain BEFORE DELETE ON agreements
BEGIN SELECT RAISE(ABORT, 'an agreement is never deleted'); END;

CREATE TABLE households (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  since TEXT NOT NULL
) STRICT;

CREATE TABLE members (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  person_id INTEGER NOT NULL REFERENCES people,
  number INTEGER NOT NULL CHECK (number > 0),      -- the member's number in the group's book
  household_id INTEGER NOT NULL REFERENCES households,
  state TEXT NOT NULL CHECK (state IN ('asked', 'member', 'left')),
  recorded_by INTEGER REFERENCES members,          -- for somebody without a phone
  consented_at TEXT,
  joined_at TEXT,
  left_at TEXT,
  UNIQUE (group_id, person_id),
  UNIQUE (group_id, number),
  CHECK (state != 'member' OR joined_at IS NOT NULL)
) STRICT;
CREATE INDEX members_of_person ON members (person_id);
CREATE INDEX members_of_household ON members (household_id);

CREATE TABLE offices (          -- who held which office when; a row is ended, not removed
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  office TEXT NOT NULL CHECK (office IN ('facilitator', 'treasurer', 'record_keeper', 'witness', 'representative')),
  member_id INTEGER NOT NULL REFERENCES members,
  since TEXT NOT NULL,
  until TEXT
) STRICT;
CREATE UNIQUE INDEX offices_held_once ON offices (group_id, office, member_id) WHERE until IS NULL;

CREATE TABLE household_requests (   -- one member asks another to be one household
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  asked_by INTEGER NOT NULL REFERENCES members,
  asked_of INTEGER NOT NULL REFERENCES members,
  state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'declined')),
  asked_at TEXT NOT NULL,
  CHECK (asked_by != asked_of)
) STRICT;
CREATE UNIQUE INDEX household_requests_once ON household_requests (asked_by, asked_of) WHERE state = 'asked';
