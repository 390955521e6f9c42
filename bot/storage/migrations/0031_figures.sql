-- What was made of many members' answers when a round closed: a band, and who was counted for it.
-- Never an answer, and never a count.

CREATE TABLE figures (
  round_id INTEGER NOT NULL REFERENCES rounds,
  what TEXT NOT NULL CHECK (what IN ('moved', 'hurdle')),
  band TEXT NOT NULL CHECK (band IN ('most', 'half', 'few')),
  choice TEXT NOT NULL CHECK ((choice = '') = (what = 'moved')),
  is_more INTEGER NOT NULL CHECK (is_more IN (0, 1)),
  counted TEXT NOT NULL,        -- JSON: the ids of the members whose answers were counted
  PRIMARY KEY (round_id, what)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER figures_stay BEFORE UPDATE ON figures
BEGIN SELECT RAISE(ABORT, 'a figure is made once, when its round closes'); END;
