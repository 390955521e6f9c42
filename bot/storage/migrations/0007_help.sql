-- Help between peers: asks and offers, who takes them up, what was given, and who has been there.

CREATE TABLE asks (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('ask', 'offer')),
  member_id INTEGER NOT NULL REFERENCES members,   -- whose it is; their group is where it stands
  words BLOB NOT NULL,          -- sealed with the member's key
  area TEXT CHECK (area IN ('money', 'school', 'work', 'home', 'health', 'farm', 'family',
    'community', 'other')),     -- none: they did not say
  named INTEGER NOT NULL CHECK (named IN (0, 1)),  -- whether the group sees whose it is
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'taken_back', 'run_out')),
  since TEXT NOT NULL,
  posts_at TEXT NOT NULL,       -- not in quiet hours
  runs_out_at TEXT NOT NULL CHECK (runs_out_at > since),
  state_since TEXT NOT NULL
) STRICT;
CREATE INDEX asks_of_member ON asks (member_id, state);

CREATE TABLE ask_drafts (       -- what a person has said so far of an ask they are making
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- a button of one that is gone never means another
  person_id INTEGER NOT NULL UNIQUE REFERENCES people,
  group_id INTEGER REFERENCES groups,
  parts BLOB NOT NULL,          -- JSON sealed with the person's key
  since TEXT NOT NULL
) STRICT;

CREATE TABLE take_ups (         -- somebody would help, or would like what is offered
  id INTEGER PRIMARY KEY,
  ask_id INTEGER NOT NULL REFERENCES asks,
  member_id INTEGER NOT NULL REFERENCES members,
  state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'declined')),
  asked_at TEXT NOT NULL,
  answered_at TEXT,
  thanked_at TEXT,              -- whoever received has thanked for it
  UNIQUE (ask_id, member_id),
  CHECK ((state = 'asked') = (answered_at IS NULL))
) STRICT;
CREATE TRIGGER take_ups_of_others BEFORE INSERT ON take_ups
WHEN EXISTS (SELECT 1 FROM asks WHERE id = NEW.ask_id AND member_id = NEW.member_id)
BEGIN SELECT RAISE(ABORT, 'nobody takes up their own'); END;
CREATE TRIGGER take_ups_in_the_group BEFORE INSERT ON take_ups
WHEN (SELECT group_id FROM members WHERE id = NEW.member_id) !=
  (SELECT group_id FROM asks JOIN members ON members.id = member_id WHERE asks.id = NEW.ask_id)
BEGIN SELECT RAISE(ABORT, 'help stays in its group'); END;

CREATE TABLE help_reports (     -- one of the two says what happened; it counts once both say so
  id INTEGER PRIMARY KEY,
  take_up_id INTEGER NOT NULL REFERENCES take_ups,
  said_by INTEGER NOT NULL REFERENCES members,
  minutes INTEGER CHECK (minutes > 0),
  thing BLOB,                   -- sealed with the key of who says it
  said_at TEXT NOT NULL,
  confirmed_by INTEGER REFERENCES members,
  confirmed_at TEXT,
  CHECK ((minutes IS NULL) != (thing IS NULL)),
  CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
  CHECK (confirmed_by != said_by)
) STRICT;
CREATE INDEX help_reports_of_take_up ON help_reports (take_up_id, id);
CREATE UNIQUE INDEX help_counts_once ON help_reports (take_up_id) WHERE confirmed_at IS NOT NULL;
CREATE TRIGGER help_reports_stay BEFORE UPDATE ON help_reports
WHEN OLD.confirmed_at IS NOT NULL OR NEW.minutes IS NOT OLD.minutes OR NEW.thing IS NOT OLD.thing
  OR NEW.said_by != OLD.said_by OR NEW.take_up_id != OLD.take_up_id
BEGIN SELECT RAISE(ABORT, 'what was said is never changed: add a row'); END;
CREATE TRIGGER help_reports_remain BEFORE DELETE ON help_reports
BEGIN SELECT RAISE(ABORT, 'what was said is never deleted'); END;

CREATE TABLE help_costs (       -- what it would have cost, as one of the two puts it
  take_up_id INTEGER NOT NULL REFERENCES take_ups,
  member_id INTEGER NOT NULL REFERENCES members,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL,
  said_at TEXT NOT NULL,
  PRIMARY KEY (take_up_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE peer_wishes (      -- a member would like to hear from one who has been there
  id INTEGER PRIMARY KEY,
  member_id INTEGER NOT NULL REFERENCES members,
  area TEXT NOT NULL CHECK (area IN ('money', 'school', 'work', 'home', 'health', 'farm', 'family',
    'community', 'other')),
  state TEXT NOT NULL CHECK (state IN ('open', 'met', 'nobody')),
  since TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX peer_wishes_one_at_a_time ON peer_wishes (member_id, area)
WHERE state = 'open';

CREATE TABLE peer_questions (   -- who has been there is asked in private; of a no nobody learns
  id INTEGER PRIMARY KEY,
  wish_id INTEGER NOT NULL REFERENCES peer_wishes,
  member_id INTEGER NOT NULL REFERENCES members,
  person_id INTEGER NOT NULL REFERENCES people,    -- whose peace is kept, in all their groups
  state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'not_now', 'declined', 'passed')),
  asked_at TEXT NOT NULL,
  UNIQUE (wish_id, member_id)
) STRICT;
CREATE INDEX peer_questions_of_person ON peer_questions (person_id, asked_at);
CREATE UNIQUE INDEX peer_questions_one_yes ON peer_questions (wish_id) WHERE state = 'agreed';
CREATE TRIGGER peer_questions_twice_a_month BEFORE INSERT ON peer_questions
WHEN (SELECT count(*) FROM peer_questions WHERE person_id = NEW.person_id
  AND asked_at > strftime('%Y-%m-%dT%H:%M:%f', NEW.asked_at, '-31 days', '+1 second')) >= 2
BEGIN SELECT RAISE(ABORT, 'nobody is asked more than twice a month'); END;
CREATE TRIGGER peer_questions_remain BEFORE DELETE ON peer_questions
BEGIN SELECT RAISE(ABORT, 'who was asked stays counted'); END;
