"""Number kinds: what one formula is evaluated in."""
