"""The eleventh migration: what a link has in hand, and refused scans that wait for a lead, found without a search."""

from __future__ import annotations

CORRECTIONS = """
CREATE INDEX in_hand ON positions (link, received_at) WHERE given_at IS NULL AND received > lost;
CREATE INDEX refused_settled ON refused (settled IS NOT NULL, id);
CREATE INDEX refused_forcible ON refused (id) WHERE settled IS NULL AND word = 'skipped';
"""
