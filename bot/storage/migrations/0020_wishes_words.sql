-- Where a wish for one who has been there has its words from: read while they are shared, kept once.

ALTER TABLE peer_wishes ADD COLUMN ask_id INTEGER REFERENCES asks;
ALTER TABLE peer_wishes ADD COLUMN goal_id INTEGER REFERENCES goals;
