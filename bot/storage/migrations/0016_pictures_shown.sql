-- The pictures that stand in private chats, so that a correction is seen in them too.

CREATE TABLE pictures_shown (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: an answer of Telegram's may name it
  kind TEXT NOT NULL,
  subject INTEGER NOT NULL,     -- what it is of: a goal, a member
  as_of INTEGER,                -- up to which round, where it is of rounds
  chat_id INTEGER NOT NULL REFERENCES chats,
  message_id INTEGER,           -- none until it has arrived
  shown_at TEXT NOT NULL,
  UNIQUE (kind, subject, chat_id)
) STRICT;
