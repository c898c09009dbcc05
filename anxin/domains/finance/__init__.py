"""Money back: refunds, their approval, their ledger."""
