-- Taking away what stands in somebody's private chat: which messages there are, and when they asked.

CREATE TABLE heard (            -- what somebody wrote in private, by number alone; kept two days
  chat_id INTEGER NOT NULL REFERENCES chats,
  message_id INTEGER NOT NULL,
  sent_at TEXT NOT NULL,
  PRIMARY KEY (chat_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE hides (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: its card is found by it
  chat_id INTEGER NOT NULL REFERENCES chats,
  asked_at TEXT NOT NULL,
  message_ids TEXT NOT NULL     -- JSON: those that Telegram was asked to take away last
) STRICT;
CREATE INDEX hides_of_chat ON hides (chat_id, asked_at);
