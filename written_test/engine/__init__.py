"""The adaptive engine: model, estimate, choice, exposure, levels of skills, time; all pure."""
