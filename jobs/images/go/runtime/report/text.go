package report

import (
	"strings"
)

// sizeLimit is a little less than what the runner reads of a report.
const sizeLimit = 1<<20 - 1<<14

// Room is how many bytes the report may still have.
func Room() int {
	mu.Lock()
	defer mu.Unlock()
	return left
}

// Cut shortens a text to `most` characters.
func Cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// Quote makes a JSON string; bytes that are no UTF-8 become U+FFFD.
func Quote(text string) string {
	const hex = "0123456789abcdef"
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r < ' ':
			out.WriteString(`\u00`)
			out.WriteByte(hex[r>>4])
			out.WriteByte(hex[r&15])
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}
