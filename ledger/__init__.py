"""The site's record: append-only events in SQLite and the read models kept beside them."""
