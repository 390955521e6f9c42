-- Where the group decides who joins: by which decision somebody was admitted.

ALTER TABLE members ADD COLUMN admitted_by INTEGER REFERENCES decisions;
