-- A photo of the paper receipt, sealed like the words of who sent it; never changed or removed.

CREATE TABLE claim_photos (
  claim_id INTEGER PRIMARY KEY REFERENCES claims,
  photo BLOB NOT NULL           -- Telegram's file id, sealed for who said it
) STRICT;
CREATE TRIGGER claim_photos_stay BEFORE UPDATE ON claim_photos
BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
CREATE TRIGGER claim_photos_remain BEFORE DELETE ON claim_photos
BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
