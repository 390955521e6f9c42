-- By which decision the agreement was changed, and how an office came to be held and until when.

ALTER TABLE agreements ADD COLUMN decision_id INTEGER;   -- none: the facilitator changed it

ALTER TABLE offices ADD COLUMN decision_id INTEGER;      -- the decision that elected them
ALTER TABLE offices ADD COLUMN term_ends TEXT            -- the local day, by what was agreed then
  CHECK (term_ends GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]');
