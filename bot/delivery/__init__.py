"""The only code that talks to Telegram: what comes in, and what goes out."""
