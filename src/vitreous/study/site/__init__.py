"""The study's site: a Django project that turns the curriculum's files into pages and keeps a learner's progress."""
