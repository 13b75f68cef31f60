"""Importers: the portal's export, its interface's answers, and marks of doubt."""
