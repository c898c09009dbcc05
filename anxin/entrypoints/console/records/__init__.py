"""What is known of orders, products and customers: lists and pages."""
