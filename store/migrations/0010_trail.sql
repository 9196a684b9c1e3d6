SELECT 1; -- taken: trail
