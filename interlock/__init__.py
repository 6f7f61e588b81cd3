"""The command line and the composition: opens things, starts processes, runs the demo factory."""
