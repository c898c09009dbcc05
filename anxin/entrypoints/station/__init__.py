"""Warehouse: scan, count, inspect, disinfect, dispose."""
