"""Flask: kiosk and board pages, the HTTP API and the live stream."""
