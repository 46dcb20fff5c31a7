"""Control what surrounds a solution: the API it calls, the clock, the network, the data."""
