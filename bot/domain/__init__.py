"""The rules: pure functions of facts and the agreement."""
