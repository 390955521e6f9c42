-- Members who took back what they had let the group see, after the round had closed.

CREATE TABLE shares_taken_back (
  check_in_id INTEGER PRIMARY KEY REFERENCES check_ins,
  since TEXT NOT NULL
) STRICT;
