package vectors

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"

	"assay/driver/source"
)

// open adds a file to the package that hands out its functions, the unexported ones too, under a name that its code
// cannot know. It returns that name.
func open(under *source.Package, calls []ready) (string, error) {
	random := make([]byte, 8)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	name := "Functions" + hex.EncodeToString(random)
	var text strings.Builder
	fmt.Fprintf(&text, "package %s\n\n", under.Name)
	for path, declaration := range declarations(calls) {
		fmt.Fprintf(&text, "import %s %q\n", declaration, path)
	}
	fmt.Fprintf(&text, "\nfunc %s() []interface{} {\n\treturn []interface{}{\n", name)
	for _, call := range calls {
		fmt.Fprintf(&text, "\t\t%s,\n", call.function)
	}
	text.WriteString("\t}\n}\n")
	file, err := source.Made(strings.ToLower(name)+".go", text.String())
	if err != nil {
		return "", err
	}
	under.Code = append(under.Code, file)
	return name, nil
}

// declarations are the imports of all calls: path to name.
func declarations(calls []ready) map[string]string {
	found := map[string]string{}
	for _, call := range calls {
		for index, path := range call.imports.paths {
			found[path] = call.imports.alias(index)
		}
	}
	return found
}

// text is a main package that hands the functions and their arguments to wire.Run, and says which packages are the code's.
func text(path, name string, calls []ready, module *source.Module, work string) string {
	var ids, arguments []string
	for _, call := range calls {
		ids = append(ids, fmt.Sprintf("%q", call.id))
		arguments = append(arguments, fmt.Sprintf("%q", call.arguments))
	}
	var own []string
	for path := range module.Paths() {
		own = append(own, fmt.Sprintf("%q", path))
	}
	return fmt.Sprintf(`package main

import (
	"assay/runtime/wire"
	under %q
)

func main() {
	wire.Run(%q, []string{%s}, []string{%s}, under.%s(), []string{%s})
}
`, path, work, strings.Join(own, ", "), strings.Join(ids, ", "), name, strings.Join(arguments, ", "))
}
