"""Zalo Bot (bot.zaloplatforms.com): another product than the Official Account, for pilots and small use."""
