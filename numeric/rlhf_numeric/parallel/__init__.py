"""Work in blocks, threads, processes, and on several machines."""
