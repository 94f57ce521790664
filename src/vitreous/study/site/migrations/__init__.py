"""How the learner's database grew."""
