-- Decisions: what is put to the group, who may vote, the votes, and what came of it.

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  number INTEGER NOT NULL CHECK (number > 0),    -- the group's own count of them
  proposed_by INTEGER NOT NULL REFERENCES members,
  matter BLOB NOT NULL,         -- JSON, sealed with the operator's key: words, choices, effect
  manner TEXT NOT NULL,         -- JSON: method, voters, quorum, days …
  choices INTEGER NOT NULL CHECK (choices BETWEEN 2 AND 10),
  is_secret INTEGER NOT NULL CHECK (is_secret IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('talk', 'open', 'carried', 'fell', 'tie', 'no_quorum', 'withdrawn')),
  proposed_at TEXT NOT NULL,
  posts_at TEXT NOT NULL,       -- not in quiet hours
  opens_at TEXT NOT NULL CHECK (opens_at >= posts_at),
  closes_at TEXT NOT NULL CHECK (closes_at > opens_at),
  closed_at TEXT,
  look_at TEXT,                 -- when the group is asked what became of it
  tally BLOB,                   -- JSON, sealed with the operator's key: numbers only, no ballots
  refusal BLOB,                 -- JSON, sealed likewise: why what was decided could not take effect
  UNIQUE (group_id, number),
  CHECK ((closed_at IS NULL) = (state IN ('talk', 'open'))),
  CHECK ((tally IS NULL) = (state IN ('talk', 'open', 'withdrawn')))
) STRICT;
CREATE INDEX decisions_open ON decisions (group_id) WHERE closed_at IS NULL;
CREATE TRIGGER decisions_stay BEFORE UPDATE OF state, tally, matter, manner, closed_at ON decisions
WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was decided stays as it is: decide again'); END;
CREATE TRIGGER decisions_remain BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'what was decided is never deleted'); END;

CREATE TABLE decision_seals (   -- seals the ballots of one secret vote; gone when it is over
  decision_id INTEGER PRIMARY KEY REFERENCES decisions,
  sealed_key BLOB NOT NULL
) STRICT;

CREATE TABLE electors (         -- who may vote, written down when voting opens
  decision_id INTEGER NOT NULL REFERENCES decisions,
  member_id INTEGER NOT NULL REFERENCES members,
  voter INTEGER NOT NULL,       -- whose one vote it is: the member's id, or their household's then
  PRIMARY KEY (decision_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX electors_of_member ON electors (member_id);

CREATE TABLE votes (            -- no instants here: when somebody voted could tell how
  decision_id INTEGER NOT NULL REFERENCES decisions,
  voter INTEGER NOT NULL,
  given_by INTEGER NOT NULL REFERENCES members,
  ballot BLOB,                  -- padded, sealed: with the giver's key, of a secret vote with its
                                -- own; of a secret one it is gone when the vote is over
  reason BLOB,                  -- sealed likewise
  PRIMARY KEY (decision_id, voter)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER votes_before_closing BEFORE INSERT ON votes
WHEN (SELECT state FROM decisions WHERE id = NEW.decision_id) != 'open'
BEGIN SELECT RAISE(ABORT, 'nobody votes now'); END;
CREATE TRIGGER votes_stay BEFORE UPDATE OF ballot ON votes
WHEN NEW.ballot IS NOT NULL
  AND (SELECT state FROM decisions WHERE id = NEW.decision_id) != 'open'
BEGIN SELECT RAISE(ABORT, 'the vote is over'); END;

CREATE TABLE decision_reasons ( -- of a secret vote that is over: in no order that tells anything
  decision_id INTEGER NOT NULL REFERENCES decisions,
  place INTEGER NOT NULL,
  words BLOB NOT NULL,          -- sealed with the operator's key
  PRIMARY KEY (decision_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision_notes (   -- what became of it, as members tell
  decision_id INTEGER NOT NULL REFERENCES decisions,
  member_id INTEGER NOT NULL REFERENCES members,
  words BLOB NOT NULL,          -- sealed with the member's key
  said_at TEXT NOT NULL,
  PRIMARY KEY (decision_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision_drafts (  -- what a person has said so far of what they would propose
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- a button of one that is gone never means another
  person_id INTEGER NOT NULL UNIQUE REFERENCES people,
  group_id INTEGER REFERENCES groups,
  parts BLOB NOT NULL,          -- JSON sealed with the person's key
  since TEXT NOT NULL
) STRICT;

CREATE TABLE payout_orders (    -- what the group decided to pay out, until it is said that it was
  id INTEGER PRIMARY KEY,
  decision_id INTEGER NOT NULL REFERENCES decisions,
  place INTEGER NOT NULL,       -- of the choice it was allotted to
  purse TEXT NOT NULL,
  household_id INTEGER REFERENCES households,    -- none: a cost
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  claim_id INTEGER REFERENCES claims,            -- once it was said
  UNIQUE (decision_id, place)
) STRICT;
