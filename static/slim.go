package static

import (
	"bytes"
	"strings"
)

// Slim takes whole-line comments, indentation and empty lines off a script or
// a style. It never looks inside a line, so it cannot change what a line says;
// the house rule that goes with it is that no string runs over several lines,
// and a test holds the sources to that.
func Slim(ext string, text []byte) []byte {
	if ext != ".js" && ext != ".css" {
		return text
	}
	var out bytes.Buffer
	inside := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case inside:
			inside = !strings.HasSuffix(line, "*/")
		case line == "" || ext == ".js" && strings.HasPrefix(line, "//"):
		case strings.HasPrefix(line, "/*") && strings.HasSuffix(line, "*/") && strings.Count(line, "*/") == 1:
		case strings.HasPrefix(line, "/*") && !strings.Contains(line, "*/"):
			inside = true
		default:
			out.WriteString(line)
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}
