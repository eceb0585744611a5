"""What comes from outside: looked at, limited and opened in a process of its own before anything trusts it."""
