"""`barnraiser preview`: every message and picture with sample facts, for whoever translates."""
