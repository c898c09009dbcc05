"""After-sales requests: from asking to closing, with parcels and inspections."""
