"""Procedures as an Excel workbook: what staff download, edit and hand in again, and the preview before anything is written."""
