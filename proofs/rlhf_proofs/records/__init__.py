"""What commands write and sources are held against: pins, heartbeats, the recorded ledger, formalization.yaml."""
