SELECT 1; -- taken: keep
