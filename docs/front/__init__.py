"""What the README shows of the project: numbers from the recorded ledger, and two pictures."""
