"""What the claims of several papers share."""
