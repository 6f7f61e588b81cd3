"""The demo factory: a gearbox plant with simulated people, on the real path."""
