"""MQTT in: broker connection, device payloads, scans into the ledger, acknowledgements out."""
