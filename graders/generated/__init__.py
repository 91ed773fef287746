"""What is generated for each bug, and what right services may answer differently."""
