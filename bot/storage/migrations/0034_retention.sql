-- A group agrees for how long answers are kept: what is older is erased, within one transaction,
-- and of that group alone. Until when it was erased stays, so that a copy can be brought up to it.

CREATE TABLE erasures (
  group_id INTEGER PRIMARY KEY REFERENCES groups,
  erased_before TEXT NOT NULL,
  under_way INTEGER NOT NULL CHECK (under_way IN (0, 1))
) STRICT;

DROP TRIGGER check_in_answers_remain;
CREATE TRIGGER check_in_answers_remain BEFORE DELETE ON check_in_answers
WHEN NOT EXISTS (
  SELECT 1 FROM forgotten JOIN members ON members.person_id = forgotten.person_id
    JOIN check_ins ON check_ins.member_id = members.id
  WHERE under_way = 1 AND check_ins.id = OLD.check_in_id)
AND NOT EXISTS (
  SELECT 1 FROM check_ins JOIN rounds ON rounds.id = round_id
    JOIN erasures ON erasures.group_id = rounds.group_id
  WHERE check_ins.id = OLD.check_in_id AND under_way = 1 AND closed_at < erased_before)
BEGIN SELECT RAISE(ABORT, 'an answer is never deleted: add a row'); END;

DROP TRIGGER claim_photos_remain;
CREATE TRIGGER claim_photos_remain BEFORE DELETE ON claim_photos
WHEN NOT EXISTS (
  SELECT 1 FROM forgotten JOIN members ON members.person_id = forgotten.person_id
    JOIN claims ON claims.said_by = members.id
  WHERE under_way = 1 AND claims.id = OLD.claim_id)
AND NOT EXISTS (
  SELECT 1 FROM claims JOIN erasures ON erasures.group_id = claims.group_id
  WHERE claims.id = OLD.claim_id AND under_way = 1 AND said_at < erased_before)
BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;

DROP TRIGGER goal_reasons_remain;
CREATE TRIGGER goal_reasons_remain BEFORE DELETE ON goal_reasons
WHEN NOT EXISTS (SELECT 1 FROM forgotten WHERE under_way = 1 AND person_id = OLD.person_id)
AND NOT EXISTS (
  SELECT 1 FROM goal_values JOIN goals ON goals.id = goal_id
    JOIN members ON members.id = goals.member_id
    JOIN erasures ON erasures.group_id = members.group_id
  WHERE goal_values.id = OLD.value_id AND under_way = 1 AND OLD.said_at < erased_before)
BEGIN SELECT RAISE(ABORT, 'a reason is never deleted'); END;

-- Of what was given, how much stays and in what words goes.
DROP TRIGGER help_reports_stay;
CREATE TRIGGER help_reports_stay BEFORE UPDATE ON help_reports
WHEN NEW.minutes IS NOT OLD.minutes OR NEW.said_by != OLD.said_by
  OR NEW.take_up_id != OLD.take_up_id
  OR ((OLD.confirmed_at IS NOT NULL OR NEW.thing IS NOT OLD.thing) AND NOT EXISTS (
    SELECT 1 FROM members JOIN erasures ON erasures.group_id = members.group_id
    WHERE members.id = OLD.said_by AND under_way = 1 AND OLD.said_at < erased_before
      AND NEW.confirmed_at IS OLD.confirmed_at AND NEW.confirmed_by IS OLD.confirmed_by))
BEGIN SELECT RAISE(ABORT, 'what was said is never changed: add a row'); END;
CREATE INDEX help_reports_by_teller ON help_reports (said_by);
