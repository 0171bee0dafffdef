"""What several desks show alike; it knows no desk."""
