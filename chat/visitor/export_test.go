package visitor

// Pages counts the pages without scripts that are kept.
func (s *Site) Pages() int {
	s.sheets.mu.Lock()
	defer s.sheets.mu.Unlock()
	return len(s.sheets.open)
}

// Made counts the pages without scripts that were ever made.
func (s *Site) Made() int {
	s.sheets.mu.Lock()
	defer s.sheets.mu.Unlock()
	return int(s.sheets.made)
}
