"""Reading files of orders, products and shipments: bytes in, typed things and faults out.

Knows neither Django nor the database. docs/import.md describes the format for people.
"""
