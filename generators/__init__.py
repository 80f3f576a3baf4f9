"""What writes pages and pictures of the book from its code."""
