"""Parcels on their way back: pickups and tracking."""
