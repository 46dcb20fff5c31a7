"""The only protocol between processes: framed JSON, typed values and replies, forks asked for."""
