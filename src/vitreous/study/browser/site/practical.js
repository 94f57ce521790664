// The page around a practical.
