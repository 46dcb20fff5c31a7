"""Known mistakes: what planted wrong answers turn red, and which submission behaves like one."""
