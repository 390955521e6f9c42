-- Somebody without a phone is recorded by one member, and gives a vote once a member of another
-- household says that they know them: by names alone nobody makes votes. Those who were in before
-- keep the vote they had.

ALTER TABLE members ADD COLUMN known_by INTEGER REFERENCES members;

UPDATE members SET known_by = recorded_by WHERE recorded_by IS NOT NULL AND state = 'member';
