"""What comes of it all: verdict, validation, documents, verification."""
