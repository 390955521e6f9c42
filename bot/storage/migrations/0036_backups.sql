-- The daily copies: which is wanted, which were made, and why one could not be.

CREATE TABLE backups (
  occurrence TEXT PRIMARY KEY,  -- when it was due
  state TEXT NOT NULL CHECK (state IN ('wanted', 'made', 'failed')),
  tried_at TEXT,                -- when it was made, or last tried
  tries INTEGER NOT NULL DEFAULT 0,
  problem TEXT                  -- why it failed, for the operator
) STRICT;
CREATE UNIQUE INDEX backups_wanted ON backups (state) WHERE state = 'wanted';  -- one at a time
