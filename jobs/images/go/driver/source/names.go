package source

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"assay/driver/event"
)

// refuse looks for package-wide declarations that would change what a test in the same package means, such as
// `const true = false`.
func refuse(set *token.FileSet, file *File) error {
	for _, declaration := range file.Syntax.Decls {
		for _, name := range declared(declaration) {
			if meaning(name.Name) {
				return event.Broken(fmt.Sprintf("%s: the predeclared name %s is given another meaning",
					set.Position(name.Pos()), name.Name))
			}
		}
	}
	return nil
}

// meaning is true for types, constants and the functions that a test relies on.
func meaning(name string) bool {
	switch name {
	case "len", "cap", "panic", "recover":
		return true
	case "any", "comparable":
		return false
	}
	object := types.Universe.Lookup(name)
	_, function := object.(*types.Builtin)
	return object != nil && !function
}

func declared(declaration ast.Decl) []*ast.Ident {
	switch declaration := declaration.(type) {
	case *ast.FuncDecl:
		if declaration.Recv == nil {
			return []*ast.Ident{declaration.Name}
		}
	case *ast.GenDecl:
		var names []*ast.Ident
		for _, spec := range declaration.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				names = append(names, spec.Names...)
			case *ast.TypeSpec:
				names = append(names, spec.Name)
			}
		}
		return names
	}
	return nil
}
