SELECT 1; -- taken: second
