"""Procedures as an Excel workbook: downloaded, edited, handed in again, and looked through before it is written."""
