"""Tables that are told of a class: as spreadsheets write them, and as platforms hand them out."""
