"""What a claim is evaluated on and how it is decided: records, draws, claims, verdicts, findings, case files."""
