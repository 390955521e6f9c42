-- A member who left the group's chat at Telegram is still a member: what they gave stays theirs,
-- and only they or the group end it. They are reminded of nothing until they are back.

ALTER TABLE members ADD COLUMN away_since TEXT;
