"""What a study says of its own numbers: how well readings agree, what differs between two studies."""
