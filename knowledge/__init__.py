"""The knowledge base: tables, store, search, importers and our own content."""
