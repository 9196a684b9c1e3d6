SELECT 1; -- taken: recovery
