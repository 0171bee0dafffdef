"""An evaluator's agenda, for the evaluator and for coordinators."""
