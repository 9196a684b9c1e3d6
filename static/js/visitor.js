// Entry of every visitor page.
