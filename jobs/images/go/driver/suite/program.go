package suite

import (
	"fmt"
	"sort"
	"strings"
)

// Program is the text of a main package that hands the tests to testing.run, which removes `work` first and leaves with
// `code` at least. The function has no exported name, so that no ordinary code can call it.
func Program(tests []Test, main *Test, packages []string, work string, code int) string {
	names := map[string]string{}
	for _, test := range tests {
		names[test.Path] = ""
	}
	if main != nil {
		names[main.Path] = ""
	}
	var text strings.Builder
	text.WriteString("package main\n\nimport (\n\t\"testing\"\n\t_ \"unsafe\"\n")
	sort.Strings(packages)
	for index, path := range packages {
		name := "_"
		if _, used := names[path]; used {
			name = fmt.Sprintf("p%d", index)
			names[path] = name
		}
		fmt.Fprintf(&text, "\t%s %q\n", name, path)
	}
	text.WriteString(")\n\n//go:linkname run testing.run\n")
	text.WriteString("func run(work string, code int, ids, dirs []string, tests []func(*testing.T), main func(*testing.M))\n\n")
	text.WriteString("func main() {\n")
	entry := "nil"
	if main != nil {
		entry = names[main.Path] + "." + main.Name
	}
	var ids, dirs, functions []string
	for _, test := range tests {
		ids = append(ids, fmt.Sprintf("%q", test.ID))
		dirs = append(dirs, fmt.Sprintf("%q", test.Dir))
		functions = append(functions, names[test.Path]+"."+test.Name)
	}
	fmt.Fprintf(&text, "\trun(%q, %d, []string{%s}, []string{%s}, []func(*testing.T){%s}, %s)\n}\n", work, code,
		strings.Join(ids, ", "), strings.Join(dirs, ", "), strings.Join(functions, ", "), entry)
	return text.String()
}
