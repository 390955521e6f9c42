-- The digest that is pinned in a group's chat, so that the next one takes its place.

CREATE TABLE digests_pinned (
  group_id INTEGER PRIMARY KEY REFERENCES groups,
  message_id INTEGER NOT NULL
) STRICT;
