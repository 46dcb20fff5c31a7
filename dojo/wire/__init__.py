"""The only protocol between processes: framed JSON, values of exact types, typed replies."""
