"""The revisions; each can be taken back."""
