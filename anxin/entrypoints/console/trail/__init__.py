"""What happened: the merchant's facts, the audit trail, and deliveries that failed."""
