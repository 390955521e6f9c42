"""Time: the bell, and what is due."""
