"""What a machine lacks for an interview, found before the clock starts."""
