-- What a member earns, has saved and owes may be put right after a round has closed: a row is added
-- that says why, and what was said first stays as it was.

ALTER TABLE check_in_answers ADD COLUMN why TEXT CHECK (why IN ('slip', 'later_news', 'words'));

DROP TRIGGER check_in_answers_before_closing;
CREATE TRIGGER check_in_answers_before_closing BEFORE INSERT ON check_in_answers
WHEN NEW.why IS NULL AND EXISTS (
  SELECT 1 FROM check_ins JOIN rounds ON rounds.id = round_id
  WHERE check_ins.id = NEW.check_in_id AND closed_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the round has closed'); END;

CREATE TRIGGER check_in_answers_put_right BEFORE INSERT ON check_in_answers
WHEN NEW.why IS NOT NULL AND (NEW.question NOT IN ('income', 'savings', 'debt') OR NOT EXISTS (
  SELECT 1 FROM check_in_answers
  WHERE check_in_id = NEW.check_in_id AND question = NEW.question))
BEGIN SELECT RAISE(ABORT, 'only a value that was told can be put right'); END;
