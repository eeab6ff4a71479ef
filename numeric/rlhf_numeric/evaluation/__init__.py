"""What a claim is evaluated on, and how: records, the lists of their fields, and what is derived from these."""
