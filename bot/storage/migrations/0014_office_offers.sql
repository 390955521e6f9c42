-- Somebody who holds an office asks another member to take it over; both have to agree.

CREATE TABLE office_offers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- a button of one that is gone never means another
  group_id INTEGER NOT NULL REFERENCES groups,
  office TEXT NOT NULL CHECK (office IN ('facilitator', 'treasurer', 'record_keeper', 'witness', 'representative')),
  giver INTEGER NOT NULL REFERENCES members,
  taker INTEGER NOT NULL REFERENCES members,
  state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'declined')),
  asked_at TEXT NOT NULL,
  answered_at TEXT,
  CHECK (giver != taker),
  CHECK ((state = 'asked') = (answered_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX office_offers_once ON office_offers (giver, office) WHERE state = 'asked';
