SELECT 1; -- taken: people
