package source

import "strings"

const external = "_test"

// place sorts test files into a package: those that import it go outside, all others inside. Models write `package
// main`, `package solution` and `package solution_test` for the same file, so the clause is made to fit.
func (m *Module) place(into *Package, files []*File) {
	if into.Name == "" && len(files) > 0 {
		into.Name = strings.TrimSuffix(files[0].Clause(), external)
	}
	for _, file := range files {
		clause, list := into.Name, &into.Tests
		if imports(file, into.Path) {
			clause, list = into.Name+external, &into.External
		}
		if file.Clause() != clause {
			file.rename(m.Set, clause)
		}
		*list = append(*list, file)
	}
}

func imports(file *File, path string) bool {
	for _, one := range file.Imports() {
		if one == path {
			return true
		}
	}
	return false
}
