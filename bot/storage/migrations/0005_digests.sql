-- Polls, thanks, digests.

CREATE TABLE polls (            -- a quick poll that a member asked in the group
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  asked_by INTEGER NOT NULL REFERENCES members,
  words BLOB NOT NULL,          -- JSON, question and options, sealed with the operator's key
  options INTEGER NOT NULL CHECK (options BETWEEN 2 AND 12),
  opened_at TEXT NOT NULL,
  closes_at TEXT NOT NULL CHECK (closes_at > opened_at),
  closed_at TEXT CHECK (closed_at >= opened_at)
) STRICT;
CREATE INDEX polls_of_group ON polls (group_id, closed_at);
CREATE INDEX polls_open ON polls (id) WHERE closed_at IS NULL;

CREATE TABLE poll_posts (       -- Telegram's poll that shows it; two where its answer to sending was lost
  telegram_poll_id TEXT PRIMARY KEY,
  poll_id INTEGER NOT NULL REFERENCES polls,
  chat_telegram_id INTEGER,     -- where the message is: a group's messages stay behind when it migrates
  message_id INTEGER,
  totals TEXT,                  -- JSON: how Telegram itself counted at the end, outsiders too
  CHECK ((message_id IS NULL) = (chat_telegram_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX poll_posts_of_poll ON poll_posts (poll_id);

CREATE TABLE poll_votes (       -- members only; open to all in Telegram, so the choice is not sealed
  poll_id INTEGER NOT NULL REFERENCES polls,
  member_id INTEGER NOT NULL REFERENCES members,
  option INTEGER NOT NULL CHECK (option >= 0),
  voted_at TEXT NOT NULL,
  PRIMARY KEY (poll_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE poll_votes_parked (   -- came before Telegram said which of its polls is ours
  telegram_poll_id TEXT NOT NULL,
  person_id INTEGER NOT NULL REFERENCES people,
  option INTEGER,               -- none: taken back
  came_at TEXT NOT NULL,
  PRIMARY KEY (telegram_poll_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE thanks (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  giver INTEGER NOT NULL REFERENCES members,
  receiver INTEGER REFERENCES members,   -- none: not a member, or several could be meant
  words BLOB,                   -- sealed with the giver's key
  reply_to INTEGER,             -- the message that was thanked for
  given_at TEXT NOT NULL,
  left_out_at TEXT,             -- whoever was thanked does not want it in the digest
  CHECK (receiver IS NULL OR receiver != giver)
) STRICT;
CREATE INDEX thanks_of_group ON thanks (group_id, given_at);
CREATE UNIQUE INDEX thanks_once_a_message ON thanks (group_id, giver, reply_to)
  WHERE reply_to IS NOT NULL;

CREATE TABLE digests (          -- the digest of a month as it was said; a month has one
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
  state TEXT NOT NULL CHECK (state IN ('said', 'silent', 'late')),
  content BLOB,                 -- the words and the order of the picture, sealed with the operator's key
  made_at TEXT NOT NULL,
  UNIQUE (group_id, month),
  CHECK ((state = 'said') = (content IS NOT NULL))
) STRICT;
CREATE TRIGGER digests_stay BEFORE UPDATE ON digests
BEGIN SELECT RAISE(ABORT, 'a digest that was said stays as it is'); END;

CREATE TABLE digests_standing ( -- the digest that somebody asked for in the group and that stands there
  group_id INTEGER PRIMARY KEY REFERENCES groups,
  shown BLOB NOT NULL,          -- a hash of what it shows
  message_id INTEGER,           -- none: it is on its way
  posted_at TEXT NOT NULL
) STRICT;
