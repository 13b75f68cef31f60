"""The staff's users, roles, sign-ins and sessions. Imports only ``settings`` and ``storage``."""
