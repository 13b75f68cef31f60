"""How every part opens a database and brings its tables up to date. Imports only the settings."""
