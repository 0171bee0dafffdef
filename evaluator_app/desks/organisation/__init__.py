"""Training organisations: enrol, follow, results and documents."""
