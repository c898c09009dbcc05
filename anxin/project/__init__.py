"""Settings, processes, and which adapter stands behind which port."""
