"""How sentences were made, beside their English texts."""

SAID_IN_EVIDENCE = """
ALTER TABLE refused ADD COLUMN said TEXT;
ALTER TABLE same_scans ADD COLUMN said TEXT;
ALTER TABLE raw_messages ADD COLUMN said TEXT;
ALTER TABLE commands ADD COLUMN said TEXT;
ALTER TABLE acts ADD COLUMN said TEXT;
ALTER TABLE flags ADD COLUMN note_said TEXT;
"""
