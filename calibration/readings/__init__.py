"""What the instrument reads in rendered recordings, and how far that lies from what was planted."""
