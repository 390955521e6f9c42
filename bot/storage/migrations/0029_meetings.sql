-- Meetings: what is planned, who comes and who was there, what was talked about, what was noted.

CREATE TABLE meetings (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  of_rhythm INTEGER NOT NULL CHECK (of_rhythm IN (0, 1)),
  rhythm_day TEXT,              -- the local day the rhythm gave it; none: a single date, or withdrawn
  starts_at TEXT NOT NULL,
  place BLOB NOT NULL,          -- sealed with the operator's key, as the agreement is
  has_own_place INTEGER NOT NULL DEFAULT 0 CHECK (has_own_place IN (0, 1)),
  is_moved INTEGER NOT NULL DEFAULT 0 CHECK (is_moved IN (0, 1)),  -- by hand: a rhythm leaves it
  state TEXT NOT NULL DEFAULT 'planned'
    CHECK (state IN ('planned', 'open', 'kept', 'cancelled', 'passed')),
  sequence INTEGER NOT NULL DEFAULT 0,  -- how often it was changed, as calendars count
  changed_at TEXT NOT NULL,
  chair INTEGER REFERENCES members,     -- once the group was told
  opened_at TEXT,
  closed_at TEXT,
  of_members INTEGER,           -- how many members there were when it closed
  is_alone INTEGER CHECK (is_alone IN (0, 1)),  -- nobody from outside was there; none: not said
  speakers INTEGER CHECK (speakers >= 0),
  UNIQUE (group_id, rhythm_day),
  CHECK (rhythm_day IS NULL OR of_rhythm = 1),
  CHECK (state != 'open' OR (opened_at IS NOT NULL AND closed_at IS NULL)),
  CHECK ((state = 'kept') = (closed_at IS NOT NULL)),
  CHECK ((state = 'kept') = (of_members IS NOT NULL)),
  CHECK (is_alone IS NULL OR state = 'kept')
) STRICT;
CREATE INDEX meetings_of_group ON meetings (group_id, starts_at);
CREATE UNIQUE INDEX meetings_open ON meetings (group_id) WHERE state = 'open';
CREATE TRIGGER meetings_remain BEFORE DELETE ON meetings
BEGIN SELECT RAISE(ABORT, 'a meeting is cancelled, never deleted: calendars have it'); END;

CREATE TABLE meeting_answers (  -- who says that they come, or cannot
  meeting_id INTEGER NOT NULL REFERENCES meetings,
  member_id INTEGER NOT NULL REFERENCES members,
  comes INTEGER NOT NULL CHECK (comes IN (0, 1)),
  PRIMARY KEY (meeting_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX meeting_answers_of_member ON meeting_answers (member_id);

CREATE TABLE meeting_turns (    -- whose turn it was to chair, and who passed it on
  meeting_id INTEGER NOT NULL REFERENCES meetings,
  member_id INTEGER NOT NULL REFERENCES members,
  PRIMARY KEY (meeting_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE attendance (       -- who was there, by their own tap or on the list
  meeting_id INTEGER NOT NULL REFERENCES meetings,
  member_id INTEGER NOT NULL REFERENCES members,
  said_by INTEGER NOT NULL REFERENCES members,
  PRIMARY KEY (meeting_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER attendance_of_held_meetings BEFORE INSERT ON attendance
WHEN (SELECT state FROM meetings WHERE id = NEW.meeting_id) NOT IN ('open', 'kept')
BEGIN SELECT RAISE(ABORT, 'nobody was at a meeting that was not held'); END;

CREATE TABLE agenda_items (     -- what members want to talk about
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- a button of one that is gone never means another
  group_id INTEGER NOT NULL REFERENCES groups,
  member_id INTEGER NOT NULL REFERENCES members,
  words BLOB NOT NULL,          -- sealed with the member's key
  since TEXT NOT NULL,
  meeting_id INTEGER REFERENCES meetings,  -- where it was talked about; none yet
  is_later INTEGER NOT NULL DEFAULT 0 CHECK (is_later IN (0, 1))  -- not reached: the next time
) STRICT;
CREATE INDEX agenda_items_open ON agenda_items (group_id) WHERE meeting_id IS NULL;
CREATE INDEX agenda_items_of_meeting ON agenda_items (meeting_id);

CREATE TABLE minutes (          -- what was noted of a meeting
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  meeting_id INTEGER NOT NULL REFERENCES meetings,
  member_id INTEGER NOT NULL REFERENCES members,
  kind TEXT NOT NULL CHECK (kind IN ('words', 'photo', 'voice')),
  content BLOB NOT NULL,        -- words, or a file's id; sealed with the member's key
  caption BLOB,                 -- sealed likewise
  said_at TEXT NOT NULL
) STRICT;
CREATE INDEX minutes_of_meeting ON minutes (meeting_id);
