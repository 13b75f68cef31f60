"""Who may use the staff's console: users, roles, sign-in and sessions."""
