-- What somebody answers after a round has closed counts for the next one, which is kept from then on
-- though it has not opened: nobody is asked, and the group hears nothing of it.

ALTER TABLE rounds ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0 CHECK (awaited IN (0, 1));
CREATE TRIGGER rounds_open_before_they_close BEFORE UPDATE ON rounds
WHEN NEW.awaited AND NEW.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a round that has not opened cannot close'); END;
