"""What the columns of a file that nobody described may mean: headings and cells vote, and what is open is said."""
