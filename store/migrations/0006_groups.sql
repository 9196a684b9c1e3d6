SELECT 1; -- taken: groups
