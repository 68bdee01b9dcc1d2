"""What a verification came to, and the forms in which people and machines read it."""
