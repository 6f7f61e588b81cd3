"""The commands of `interlock`, a module for each thing they are about."""
