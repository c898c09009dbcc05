"""Changes to after-sales requests, by what is done."""
