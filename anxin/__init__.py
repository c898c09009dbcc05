"""Anxin 安心售后: the after-sales system of an e-commerce business."""
