"""Zalo Official Account: signed events in, messages out through OpenAPI v3."""
