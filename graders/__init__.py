"""The grading engine: what a submission answers and how fast, turned into a score."""
