"""What each command of `kit` reads and prints."""
