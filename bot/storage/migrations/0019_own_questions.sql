-- A group's own questions. The agreement says which of them are asked; none is ever reworded, so
-- that a round keeps the questions it opened with.

CREATE TABLE own_questions (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES groups,
  kind TEXT NOT NULL CHECK (kind IN ('yes_no', 'scale', 'number', 'line')),
  words BLOB NOT NULL,          -- sealed with the operator's key, as the agreement is
  since TEXT NOT NULL
) STRICT;
CREATE INDEX own_questions_of_group ON own_questions (group_id, id);
CREATE TRIGGER own_questions_stay BEFORE UPDATE ON own_questions
BEGIN SELECT RAISE(ABORT, 'a question is never reworded: add another'); END;
CREATE TRIGGER own_questions_remain BEFORE DELETE ON own_questions
BEGIN SELECT RAISE(ABORT, 'a question is never deleted: let it rest'); END;
