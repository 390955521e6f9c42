-- People, chats, updates that are done, what is to be said, and what is due.
-- Instants are UTC text of one fixed precision (bot/domain/calendar.py), so they compare as text.

CREATE TABLE bot (              -- who we are at Telegram: links need the name
  id INTEGER PRIMARY KEY CHECK (id = 1),
  telegram_id INTEGER NOT NULL,
  username TEXT NOT NULL
) STRICT;

CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  telegram_id INTEGER UNIQUE,   -- none for somebody without a phone
  name BLOB,                    -- sealed with the person's key
  language TEXT NOT NULL,
  language_chosen INTEGER NOT NULL DEFAULT 0 CHECK (language_chosen IN (0, 1)),
  since TEXT NOT NULL
) STRICT;

CREATE TABLE person_keys (      -- deleting a row forgets what was sealed with it
  person_id INTEGER PRIMARY KEY REFERENCES people,
  sealed_key BLOB NOT NULL
) STRICT;

CREATE TABLE chats (
  id INTEGER PRIMARY KEY,
  telegram_id INTEGER NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('private', 'group', 'supergroup')),
  state TEXT NOT NULL CHECK (state IN ('open', 'unopened', 'blocked', 'gone')),
  person_id INTEGER UNIQUE REFERENCES people,   -- whose private chat it is
  topic INTEGER,                -- the forum topic in which the group was set up
  last_message_id INTEGER NOT NULL DEFAULT 0,
  CHECK ((kind = 'private') = (person_id IS NOT NULL))
) STRICT;

CREATE TABLE former_chat_ids (  -- a group that became a supergroup
  telegram_id INTEGER PRIMARY KEY,
  chat_id INTEGER NOT NULL REFERENCES chats
) STRICT;

CREATE TABLE updates_done (     -- remembered two days: ids restart at random after a quiet week
  update_id INTEGER PRIMARY KEY,
  done_at TEXT NOT NULL
) STRICT;
CREATE INDEX updates_done_by_time ON updates_done (done_at);

CREATE TABLE updates_failed (   -- kept for the operator, sealed; nothing of them took effect
  id INTEGER PRIMARY KEY,
  update_id INTEGER,
  failed_at TEXT NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('unreadable', 'handler')),
  update_sealed BLOB NOT NULL,
  trace_sealed BLOB NOT NULL
) STRICT;

CREATE TABLE cards (            -- a message that is edited in place while its subject goes on
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  subject INTEGER NOT NULL,
  chat_id INTEGER NOT NULL REFERENCES chats,
  message_id INTEGER,
  shown BLOB,                   -- a digest of what is shown, to leave out edits that change nothing
  posted_at TEXT,
  UNIQUE (kind, subject, chat_id)
) STRICT;
CREATE INDEX cards_in_chat ON cards (chat_id, message_id);

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: what leaves is found by it
  key TEXT UNIQUE,              -- "once" is this constraint
  chat_id INTEGER NOT NULL REFERENCES chats,
  urgency INTEGER NOT NULL CHECK (urgency IN (0, 1)),   -- 0 answers somebody, 1 is said unasked
  card_id INTEGER REFERENCES cards,                     -- drawn when it leaves
  edits INTEGER,                -- the message it edits: of several that wait, only the last leaves
  content BLOB,                 -- sealed; gone once it is sent
  result TEXT,                  -- which practice wants to know what Telegram answered
  subject INTEGER,
  again INTEGER NOT NULL DEFAULT 1 CHECK (again IN (0, 1)),  -- sent again where it is uncertain
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'uncertain', 'dropped')),
  plain INTEGER NOT NULL DEFAULT 0 CHECK (plain IN (0, 1)),  -- its formatting was refused
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at TEXT,
  expires_at TEXT,
  created_at TEXT NOT NULL,
  finished_at TEXT,
  message_id INTEGER,
  error TEXT,
  CHECK ((content IS NULL) OR (card_id IS NULL)),
  CHECK ((finished_at IS NULL) = (state IN ('queued', 'sending')))
) STRICT;
CREATE INDEX outbox_under_way ON outbox (state, id) WHERE finished_at IS NULL;
CREATE UNIQUE INDEX outbox_edits_merge ON outbox (card_id) WHERE state = 'queued' AND card_id IS NOT NULL;
CREATE UNIQUE INDEX outbox_edits_of_message ON outbox (chat_id, edits) WHERE state = 'queued' AND edits IS NOT NULL;
CREATE INDEX outbox_unasked ON outbox (chat_id, created_at) WHERE urgency = 1;
CREATE INDEX outbox_done ON outbox (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE due (              -- everything time starts: one row an occurrence
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  subject INTEGER NOT NULL,
  occurrence TEXT NOT NULL,
  due_at TEXT NOT NULL,
  late_at TEXT,                 -- after this instant it is dropped, not caught up
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dropped', 'cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0,
  UNIQUE (kind, subject, occurrence)
) STRICT;
CREATE INDEX due_waiting ON due (due_at, id) WHERE state = 'waiting';

CREATE TABLE questions (        -- what a person was asked in words and has not yet answered
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: an answer of Telegram's may name it
  person_id INTEGER NOT NULL REFERENCES people,
  chat_id INTEGER NOT NULL REFERENCES chats,
  kind TEXT NOT NULL,
  subject INTEGER NOT NULL,     -- what it is about: a round, a group …
  facts TEXT NOT NULL DEFAULT '{}',
  message_id INTEGER,           -- the message that asked, so that a reply finds it
  again_message_id INTEGER,     -- the one that asked again after an answer was refused
  asked_at TEXT NOT NULL,
  UNIQUE (person_id, kind, subject)
) STRICT;
