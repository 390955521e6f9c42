-- Somebody asks to be forgotten: their words and name go, the arithmetic stays. What is only ever
-- added to lets go of theirs while that happens, within one transaction, and of nobody else's.

CREATE TABLE forgotten (
  person_id INTEGER PRIMARY KEY REFERENCES people,
  since TEXT NOT NULL,
  under_way INTEGER NOT NULL CHECK (under_way IN (0, 1))
) STRICT;
CREATE INDEX forgotten_under_way ON forgotten (person_id) WHERE under_way = 1;

ALTER TABLE members ADD COLUMN shown_as TEXT;  -- in place of a name, in the group's words

DROP TRIGGER check_in_answers_remain;
CREATE TRIGGER check_in_answers_remain BEFORE DELETE ON check_in_answers
WHEN NOT EXISTS (
  SELECT 1 FROM forgotten JOIN members ON members.person_id = forgotten.person_id
    JOIN check_ins ON check_ins.member_id = members.id
  WHERE under_way = 1 AND check_ins.id = OLD.check_in_id)
BEGIN SELECT RAISE(ABORT, 'an answer is never deleted: add a row'); END;

DROP TRIGGER claim_photos_remain;
CREATE TRIGGER claim_photos_remain BEFORE DELETE ON claim_photos
WHEN NOT EXISTS (
  SELECT 1 FROM forgotten JOIN members ON members.person_id = forgotten.person_id
    JOIN claims ON claims.said_by = members.id
  WHERE under_way = 1 AND claims.id = OLD.claim_id)
BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;

DROP TRIGGER goal_reasons_remain;
CREATE TRIGGER goal_reasons_remain BEFORE DELETE ON goal_reasons
WHEN NOT EXISTS (SELECT 1 FROM forgotten WHERE under_way = 1 AND person_id = OLD.person_id)
BEGIN SELECT RAISE(ABORT, 'a reason is never deleted'); END;

-- Names and words are taken out of what a group was told; nothing else of it may change.
DROP TRIGGER digests_stay;
CREATE TRIGGER digests_stay BEFORE UPDATE ON digests
WHEN NEW.group_id IS NOT OLD.group_id OR NEW.month IS NOT OLD.month OR NEW.state IS NOT OLD.state
  OR NEW.made_at IS NOT OLD.made_at OR NOT EXISTS (
  SELECT 1 FROM forgotten JOIN members ON members.person_id = forgotten.person_id
  WHERE under_way = 1 AND members.group_id = OLD.group_id)
BEGIN SELECT RAISE(ABORT, 'a digest that was said stays as it is'); END;

DROP TRIGGER decisions_stay;
CREATE TRIGGER decisions_stay BEFORE UPDATE OF state, tally, manner, closed_at ON decisions
WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was decided stays as it is: decide again'); END;
CREATE TRIGGER decisions_keep_their_words BEFORE UPDATE OF matter ON decisions
WHEN OLD.closed_at IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM forgotten JOIN members ON members.person_id = forgotten.person_id
  WHERE under_way = 1 AND members.group_id = OLD.group_id)
BEGIN SELECT RAISE(ABORT, 'what was decided stays as it is: decide again'); END;
