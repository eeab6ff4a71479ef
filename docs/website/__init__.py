"""The documentation as a web site that works from the disk: ``make docs``, or ``python -m docs.website build/docs``."""
