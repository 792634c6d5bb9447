"""What a person or a host has set up: which servers to ask, and as whom."""
