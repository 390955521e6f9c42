"""What was tapped, typed or commanded: each handler reads it and calls one use case."""
