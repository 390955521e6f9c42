"""What a group does: one module a practice, one function a use case, in one transaction."""
