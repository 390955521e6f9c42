-- The monthly check-in: a round a group and month, who is at it, what they answered.

CREATE TABLE rounds (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
  questions TEXT NOT NULL CHECK (questions LIKE '["%"]'),  -- JSON: its keys, as it opened with them
  opened_at TEXT NOT NULL,
  closes_at TEXT NOT NULL CHECK (closes_at > opened_at),
  closed_at TEXT,
  done INTEGER,                 -- counted once, when it closed: a later digest says the same
  counted INTEGER,
  UNIQUE (group_id, month),     -- a month opens once, however often it is asked to
  CHECK ((closed_at IS NULL) = (done IS NULL) AND (closed_at IS NULL) = (counted IS NULL)),
  CHECK (done BETWEEN 0 AND counted)
) STRICT;
CREATE UNIQUE INDEX rounds_open_one_at_a_time ON rounds (group_id) WHERE closed_at IS NULL;
CREATE TRIGGER rounds_stay_closed BEFORE UPDATE ON rounds WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a round that has closed stays as it is'); END;

CREATE TABLE check_ins (        -- one member's own, from the first time they were asked
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES rounds,
  member_id INTEGER NOT NULL REFERENCES members,
  message_id INTEGER,           -- the private message in which it goes on
  touched_at TEXT NOT NULL,     -- when they were last shown something
  finished_at TEXT,             -- when they first reached the end
  UNIQUE (round_id, member_id)
) STRICT;

CREATE TABLE check_in_answers ( -- added to only: the latest row of a question counts
  id INTEGER PRIMARY KEY,
  check_in_id INTEGER NOT NULL REFERENCES check_ins,
  question TEXT NOT NULL,
  answer BLOB,                  -- JSON sealed with the person's key; none: left empty on purpose
  answered_at TEXT NOT NULL
) STRICT;
CREATE INDEX check_in_answers_in_order ON check_in_answers (check_in_id, id);
CREATE TRIGGER check_in_answers_stay BEFORE UPDATE ON check_in_answers
BEGIN SELECT RAISE(ABORT, 'an answer is never changed: add a row'); END;
CREATE TRIGGER check_in_answers_remain BEFORE DELETE ON check_in_answers
BEGIN SELECT RAISE(ABORT, 'an answer is never deleted: add a row'); END;
CREATE TRIGGER check_in_answers_before_closing BEFORE INSERT ON check_in_answers
WHEN EXISTS (SELECT 1 FROM check_ins JOIN rounds ON rounds.id = round_id
             WHERE check_ins.id = NEW.check_in_id AND closed_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the round has closed'); END;

CREATE TABLE reminders_off (    -- members who asked not to be reminded of check-ins
  member_id INTEGER PRIMARY KEY REFERENCES members,
  since TEXT NOT NULL
) STRICT;
