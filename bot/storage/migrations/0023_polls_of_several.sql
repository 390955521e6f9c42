-- Polls of several answers, without names, and of other lengths; a poll said in private first.

ALTER TABLE polls ADD COLUMN several INTEGER NOT NULL DEFAULT 0 CHECK (several IN (0, 1));
ALTER TABLE polls ADD COLUMN anonymous INTEGER NOT NULL DEFAULT 0 CHECK (anonymous IN (0, 1));
ALTER TABLE polls ADD COLUMN days INTEGER NOT NULL DEFAULT 2 CHECK (days > 0);

CREATE TABLE poll_choices (     -- members only; one row an answer
  poll_id INTEGER NOT NULL REFERENCES polls,
  member_id INTEGER NOT NULL REFERENCES members,
  option INTEGER NOT NULL CHECK (option >= 0),
  voted_at TEXT NOT NULL,
  PRIMARY KEY (poll_id, member_id, option)
) STRICT, WITHOUT ROWID;
INSERT INTO poll_choices SELECT poll_id, member_id, option, voted_at FROM poll_votes;
DROP TABLE poll_votes;
ALTER TABLE poll_choices RENAME TO poll_votes;
CREATE TRIGGER poll_votes_have_names BEFORE INSERT ON poll_votes
WHEN (SELECT anonymous FROM polls WHERE id = NEW.poll_id)
BEGIN SELECT RAISE(ABORT, 'nobody is named in an anonymous poll'); END;
CREATE TRIGGER poll_votes_once BEFORE INSERT ON poll_votes
WHEN NOT (SELECT several FROM polls WHERE id = NEW.poll_id)
  AND EXISTS (SELECT 1 FROM poll_votes WHERE poll_id = NEW.poll_id AND member_id = NEW.member_id)
BEGIN SELECT RAISE(ABORT, 'one answer only'); END;

CREATE TABLE poll_votes_waiting (  -- came before Telegram said which of its polls is ours
  telegram_poll_id TEXT NOT NULL,
  person_id INTEGER NOT NULL REFERENCES people,
  options TEXT NOT NULL CHECK (options LIKE '[%]'),   -- JSON: the answers; none: taken back
  came_at TEXT NOT NULL,
  PRIMARY KEY (telegram_poll_id, person_id)
) STRICT, WITHOUT ROWID;
INSERT INTO poll_votes_waiting SELECT telegram_poll_id, person_id,
  CASE WHEN option IS NULL THEN '[]' ELSE '[' || option || ']' END, came_at FROM poll_votes_parked;
DROP TABLE poll_votes_parked;
ALTER TABLE poll_votes_waiting RENAME TO poll_votes_parked;

CREATE TABLE poll_drafts (      -- a poll that a person is about to ask, said in private
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- a button of one that is gone never means another
  person_id INTEGER NOT NULL UNIQUE REFERENCES people,
  group_id INTEGER REFERENCES groups,
  parts BLOB NOT NULL,          -- JSON sealed with the person's key
  since TEXT NOT NULL
) STRICT;
