-- Whose household it was at first: when those who joined it part again, it stays theirs.

ALTER TABLE households ADD COLUMN begun_by INTEGER REFERENCES members;
CREATE INDEX households_by_member ON households (begun_by);
UPDATE households SET begun_by = (SELECT min(member_id) FROM household_ties AS ties
  WHERE ties.household_id = households.id);
