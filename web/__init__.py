"""The one ASGI application that people see in a browser."""
