"""What is printed from a ledger: tables, citations, figures, tightness."""
