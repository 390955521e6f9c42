-- The book of each group: double entry, only ever added to. And what members say happened to the
-- group's money, which enters the book once witnesses of other households have confirmed it.

-- Which households a member has ever been of, and from which entry of the books on. Members who
-- have shared a household never witness for each other. Kept by triggers, so nothing can forget it.
CREATE TABLE household_ties (
  member_id INTEGER NOT NULL REFERENCES members,
  household_id INTEGER NOT NULL REFERENCES households,
  after_entry INTEGER NOT NULL,
  PRIMARY KEY (member_id, household_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX household_ties_of_household ON household_ties (household_id);

CREATE TABLE commodities (      -- what is counted: money by ISO 4217, or a unit the group named
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  code TEXT NOT NULL CHECK (length(code) BETWEEN 2 AND 24 AND code GLOB '[A-Z]*'
    AND code NOT GLOB '*[^A-Z0-9-]*' AND code NOT GLOB '*-'),
  scale INTEGER NOT NULL CHECK (scale BETWEEN 0 AND 4),  -- digits after the point, for ever
  unit BLOB,                    -- in kind: the group's own word for it, sealed; none for money
  UNIQUE (group_id, code)
) STRICT;

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  kind TEXT NOT NULL CHECK (kind IN ('purse', 'household', 'outside')),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 24 AND name NOT GLOB '*[^a-z_]*'),
  household_id INTEGER REFERENCES households,
  CHECK ((kind = 'household') = (household_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX accounts_once ON accounts (group_id, kind, name, coalesce(household_id, 0));

CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  seq INTEGER NOT NULL CHECK (seq > 0),
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 24 AND kind NOT GLOB '*[^a-z_]*'),
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  recorded_at TEXT NOT NULL,
  recorded_by INTEGER NOT NULL,                  -- the number of the member who said it
  witnesses INTEGER NOT NULL CHECK (witnesses BETWEEN 1 AND 3),  -- how many had to confirm
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 80),
  note BLOB,                                     -- why, with its salt, sealed for who wrote it
  note_commitment BLOB CHECK (length(note_commitment) = 32),
  reverses INTEGER,                              -- the seq of the entry it takes back
  prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  UNIQUE (group_id, seq),
  UNIQUE (group_id, key),                        -- the same thing is booked once
  UNIQUE (group_id, reverses),                   -- and taken back once
  FOREIGN KEY (group_id, recorded_by) REFERENCES members (group_id, number),
  FOREIGN KEY (group_id, reverses) REFERENCES entries (group_id, seq),
  CHECK ((note IS NULL) = (note_commitment IS NULL)),
  CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
  CHECK (reverses < seq)
) STRICT;
CREATE INDEX entries_by_time ON entries (group_id, recorded_at);

-- Postings and confirmations are written first, the entry last: it closes over them, and its
-- triggers see all of it. Whatever has no entry when the transaction ends cannot be committed.
CREATE TABLE postings (
  entry_id INTEGER NOT NULL REFERENCES entries DEFERRABLE INITIALLY DEFERRED,
  line INTEGER NOT NULL CHECK (line > 0),
  account_id INTEGER NOT NULL REFERENCES accounts,
  commodity_id INTEGER NOT NULL REFERENCES commodities,
  amount_minor INTEGER NOT NULL CHECK (amount_minor != 0),
  period TEXT NOT NULL DEFAULT '',               -- which due day's contribution it is, if any
  balance_minor INTEGER NOT NULL,                -- of the account in this commodity, after it
  PRIMARY KEY (entry_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_of_account ON postings (account_id, commodity_id, entry_id, line);
CREATE INDEX postings_of_period ON postings (account_id, period) WHERE period != '';

CREATE TABLE entry_confirmations (
  entry_id INTEGER NOT NULL REFERENCES entries DEFERRABLE INITIALLY DEFERRED,
  member_number INTEGER NOT NULL,
  confirmed_at TEXT NOT NULL,
  PRIMARY KEY (entry_id, member_number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER postings_before_their_entry BEFORE INSERT ON postings
WHEN EXISTS (SELECT 1 FROM entries WHERE id = NEW.entry_id)
  OR EXISTS (SELECT 1 FROM postings WHERE entry_id = NEW.entry_id AND line = NEW.line)
BEGIN SELECT RAISE(ABORT, 'an entry is closed: nothing is added to it'); END;

CREATE TRIGGER postings_carry_the_balance BEFORE INSERT ON postings
WHEN NEW.balance_minor != NEW.amount_minor + coalesce((
  SELECT balance_minor FROM postings WHERE account_id = NEW.account_id
  AND commodity_id = NEW.commodity_id ORDER BY entry_id DESC, line DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'the running balance is not what the postings before it make'); END;

CREATE TRIGGER purses_hold_what_is_in_them BEFORE INSERT ON postings
WHEN NEW.balance_minor < 0 AND (SELECT kind FROM accounts WHERE id = NEW.account_id) = 'purse'
BEGIN SELECT RAISE(ABORT, 'a purse cannot hold less than nothing'); END;

CREATE TRIGGER confirmations_before_their_entry BEFORE INSERT ON entry_confirmations
WHEN EXISTS (SELECT 1 FROM entries WHERE id = NEW.entry_id)
  OR EXISTS (SELECT 1 FROM entry_confirmations
    WHERE entry_id = NEW.entry_id AND member_number = NEW.member_number)
BEGIN SELECT RAISE(ABORT, 'an entry is closed: nothing is added to it'); END;

CREATE TRIGGER entries_follow_each_other BEFORE INSERT ON entries
WHEN NEW.id != 1 + coalesce((SELECT max(id) FROM entries), 0)
  OR NEW.seq != 1 + coalesce((SELECT max(seq) FROM entries WHERE group_id = NEW.group_id), 0)
  OR NEW.prev_hash != coalesce((SELECT hash FROM entries WHERE group_id = NEW.group_id
    ORDER BY seq DESC LIMIT 1), zeroblob(32))
BEGIN SELECT RAISE(ABORT, 'an entry follows the last one of its book'); END;

CREATE TRIGGER entries_once BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries WHERE group_id = NEW.group_id AND key = NEW.key)
  OR EXISTS (SELECT 1 FROM entries WHERE group_id = NEW.group_id AND reverses = NEW.reverses)
BEGIN SELECT RAISE(ABORT, 'this is in the book already'); END;

CREATE TRIGGER entries_balance BEFORE INSERT ON entries
WHEN NOT EXISTS (SELECT 1 FROM postings WHERE entry_id = NEW.id)
  OR EXISTS (SELECT 1 FROM postings WHERE entry_id = NEW.id
    GROUP BY commodity_id HAVING sum(amount_minor) != 0)
BEGIN SELECT RAISE(ABORT, 'the postings of an entry add up to nothing'); END;

CREATE TRIGGER entries_keep_to_their_book BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM postings JOIN accounts ON accounts.id = account_id
    JOIN commodities ON commodities.id = commodity_id WHERE entry_id = NEW.id
    AND (accounts.group_id != NEW.group_id OR commodities.group_id != NEW.group_id))
BEGIN SELECT RAISE(ABORT, 'another group''s account or commodity'); END;

CREATE TRIGGER entries_are_witnessed BEFORE INSERT ON entries
WHEN (SELECT count(*) FROM entry_confirmations JOIN members
    ON members.group_id = NEW.group_id AND members.number = member_number
    WHERE entry_id = NEW.id) < NEW.witnesses
  OR EXISTS (SELECT 1 FROM entry_confirmations
    JOIN members AS witness ON witness.group_id = NEW.group_id AND witness.number = member_number
    JOIN members AS recorder
      ON recorder.group_id = NEW.group_id AND recorder.number = NEW.recorded_by
    JOIN household_ties AS theirs ON theirs.member_id = witness.id
    JOIN household_ties AS ours
      ON ours.member_id = recorder.id AND ours.household_id = theirs.household_id
    WHERE entry_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'witnesses of other households must have confirmed it'); END;

CREATE TRIGGER accounts_of_own_households BEFORE INSERT ON accounts
WHEN NEW.household_id IS NOT NULL
  AND NEW.group_id IS NOT (SELECT group_id FROM households WHERE id = NEW.household_id)
BEGIN SELECT RAISE(ABORT, 'another group''s household'); END;
CREATE TRIGGER accounts_once_only BEFORE INSERT ON accounts
WHEN EXISTS (SELECT 1 FROM accounts WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM accounts WHERE group_id = NEW.group_id AND kind = NEW.kind
    AND name = NEW.name AND household_id IS NEW.household_id)
BEGIN SELECT RAISE(ABORT, 'there is this account'); END;
CREATE TRIGGER commodities_once_only BEFORE INSERT ON commodities
WHEN EXISTS (SELECT 1 FROM commodities
    WHERE id = NEW.id OR (group_id = NEW.group_id AND code = NEW.code))
BEGIN SELECT RAISE(ABORT, 'there is this commodity'); END;

-- -- what members say, until it is witnessed -----------------------------------------------------

CREATE TABLE claims (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 24 AND kind NOT GLOB '*[^a-z_]*'),
  said_by INTEGER NOT NULL REFERENCES members,
  household_id INTEGER REFERENCES households,    -- for which household, if it is for one
  purse TEXT NOT NULL,
  outside TEXT,                                  -- where it came from or went, if not a household
  commodity_id INTEGER NOT NULL REFERENCES commodities,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  period TEXT NOT NULL DEFAULT '',
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  said_at TEXT NOT NULL,
  witnesses INTEGER NOT NULL CHECK (witnesses BETWEEN 1 AND 3),
  note BLOB,                                     -- sealed for who said it
  reverses INTEGER,                              -- the seq of an entry to take back
  batch INTEGER,                                 -- said together on one list
  key TEXT NOT NULL,
  UNIQUE (group_id, key),
  FOREIGN KEY (group_id, reverses) REFERENCES entries (group_id, seq)
) STRICT;
CREATE INDEX claims_of_household ON claims (household_id, id);
CREATE INDEX claims_of_group ON claims (group_id, id);
CREATE INDEX claims_of_batch ON claims (batch) WHERE batch IS NOT NULL;

CREATE TABLE claim_events (
  id INTEGER PRIMARY KEY,
  claim_id INTEGER NOT NULL REFERENCES claims,
  member_id INTEGER NOT NULL REFERENCES members,
  what TEXT NOT NULL CHECK (what IN ('confirmed', 'disputed', 'settled', 'withdrawn')),
  reason_code TEXT,
  reason BLOB,                                   -- sealed for who wrote it
  happened_at TEXT NOT NULL
) STRICT;
CREATE INDEX claim_events_of_claim ON claim_events (claim_id, id);
CREATE UNIQUE INDEX claims_confirmed_once ON claim_events (claim_id, member_id)
  WHERE what = 'confirmed';
CREATE UNIQUE INDEX claims_withdrawn_once ON claim_events (claim_id) WHERE what = 'withdrawn';

CREATE TABLE open_claims (      -- which claims wait: a work list, so that looking costs what waits
  claim_id INTEGER PRIMARY KEY REFERENCES claims,
  group_id INTEGER NOT NULL REFERENCES groups
) STRICT;
CREATE INDEX open_claims_of_group ON open_claims (group_id);

CREATE TABLE witness_requests ( -- which witnesses were asked, in private
  claim_id INTEGER NOT NULL REFERENCES claims,
  member_id INTEGER NOT NULL REFERENCES members,
  asked_at TEXT NOT NULL,
  PRIMARY KEY (claim_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX witness_requests_of_member ON witness_requests (member_id, asked_at);

CREATE TABLE contribution_talks (  -- who would rather talk first: no more reminders this period
  household_id INTEGER NOT NULL REFERENCES households,
  purse TEXT NOT NULL,
  period TEXT NOT NULL,
  member_id INTEGER NOT NULL REFERENCES members,
  since TEXT NOT NULL,
  PRIMARY KEY (household_id, purse, period)
) STRICT, WITHOUT ROWID;

-- Nobody witnesses what they said themselves, what somebody of their household said, or what is for
-- their household; nor for anybody they ever shared a household with.
CREATE TRIGGER claims_are_confirmed_by_others BEFORE INSERT ON claim_events
WHEN NEW.what = 'confirmed' AND (
  NEW.member_id = (SELECT said_by FROM claims WHERE id = NEW.claim_id)
  OR EXISTS (SELECT 1 FROM household_ties AS theirs
    WHERE theirs.member_id = NEW.member_id AND theirs.household_id IN (
      SELECT household_id FROM household_ties
        WHERE member_id = (SELECT said_by FROM claims WHERE id = NEW.claim_id)
      UNION SELECT household_id FROM claims WHERE id = NEW.claim_id)))
BEGIN SELECT RAISE(ABORT, 'a witness is of another household'); END;

CREATE TRIGGER ties_of_new_members AFTER INSERT ON members
BEGIN
  INSERT OR IGNORE INTO household_ties VALUES
    (NEW.id, NEW.household_id, coalesce((SELECT max(id) FROM entries), 0));
END;
CREATE TRIGGER ties_of_moved_members AFTER UPDATE OF household_id ON members
BEGIN
  INSERT OR IGNORE INTO household_ties VALUES
    (NEW.id, NEW.household_id, coalesce((SELECT max(id) FROM entries), 0));
END;
INSERT INTO household_ties SELECT id, household_id, 0 FROM members;

-- -- nothing of it is ever changed or removed ----------------------------------------------------

CREATE TRIGGER household_ties_stay BEFORE UPDATE ON household_ties
BEGIN SELECT RAISE(ABORT, 'what was stays'); END;
CREATE TRIGGER household_ties_remain BEFORE DELETE ON household_ties
BEGIN SELECT RAISE(ABORT, 'what was stays'); END;
CREATE TRIGGER commodities_stay BEFORE UPDATE ON commodities
BEGIN SELECT RAISE(ABORT, 'the book is only added to'); END;
CREATE TRIGGER commodities_remain BEFORE DELETE ON commodities
BEGIN SELECT RAISE(ABORT, 'the book is only added to'); END;
CREATE TRIGGER accounts_stay BEFORE UPDATE ON accounts
BEGIN SELECT RAISE(ABORT, 'the book is only added to'); END;
CREATE TRIGGER accounts_remain BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'the book is only added to'); END;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the book is only added to: reverse the entry'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the book is only added to: reverse the entry'); END;
CREATE TRIGGER postings_stay BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'the book is only added to: reverse the entry'); END;
CREATE TRIGGER postings_remain BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'the book is only added to: reverse the entry'); END;
CREATE TRIGGER entry_confirmations_stay BEFORE UPDATE ON entry_confirmations
BEGIN SELECT RAISE(ABORT, 'the book is only added to'); END;
CREATE TRIGGER entry_confirmations_remain BEFORE DELETE ON entry_confirmations
BEGIN SELECT RAISE(ABORT, 'the book is only added to'); END;
CREATE TRIGGER claims_stay BEFORE UPDATE ON claims
BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
CREATE TRIGGER claims_remain BEFORE DELETE ON claims
BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
CREATE TRIGGER claim_events_stay BEFORE UPDATE ON claim_events
BEGIN SELECT RAISE(ABORT, 'what happened stays'); END;
CREATE TRIGGER claim_events_remain BEFORE DELETE ON claim_events
BEGIN SELECT RAISE(ABORT, 'what happened stays'); END;
