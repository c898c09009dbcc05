"""Our mirror of what was sold: suppliers, products, orders, payments, shipments."""
