"""The study: the whole course as pages, practicals and checked problems that run on the engine."""
