"""The certifier's coordinators: people, candidacies, appointments, validation, audit."""
