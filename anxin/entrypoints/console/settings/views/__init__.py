"""Pages of the administration; all of them need ``staff.manage``."""
