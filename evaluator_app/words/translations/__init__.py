"""English for every French string: `.po` files by area, and the check that none is missing."""
