"""The rules of backward management, pure: standard library only, no clock, no input or output."""
