package stub

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strconv"
)

// name is the one under which the hollow file imports a package for what it adds itself.
func (h *hollow) name(path string) string {
	if _, ok := h.names[path]; !ok {
		h.names[path] = fmt.Sprintf("stub%d_", len(h.names))
	}
	return h.names[path]
}

// settleImports leaves the imports that are still used and adds the new ones.
func (h *hollow) settleImports() {
	used := h.used()
	var kept []ast.Decl
	for _, declaration := range h.file.Decls {
		imports, ok := declaration.(*ast.GenDecl)
		if !ok || imports.Tok != token.IMPORT {
			kept = append(kept, declaration)
			continue
		}
		var specs []ast.Spec
		for _, spec := range imports.Specs {
			if h.stays(spec.(*ast.ImportSpec), used) {
				specs = append(specs, spec)
			}
		}
		if imports.Specs = specs; len(specs) > 0 {
			kept = append(kept, imports)
		}
	}
	h.file.Decls = append(h.added(), kept...)
	h.file.Imports = nil
	for _, declaration := range h.file.Decls {
		if imports, ok := declaration.(*ast.GenDecl); ok && imports.Tok == token.IMPORT {
			for _, spec := range imports.Specs {
				h.file.Imports = append(h.file.Imports, spec.(*ast.ImportSpec))
			}
		}
	}
}

// used are the packages that the rest of the file refers to, by name or through a dot.
func (h *hollow) used() map[*types.Package]bool {
	used := map[*types.Package]bool{}
	ast.Inspect(h.file, func(node ast.Node) bool {
		ident, ok := node.(*ast.Ident)
		if !ok {
			return true
		}
		switch object := h.info.Uses[ident].(type) {
		case nil:
		case *types.PkgName:
			used[object.Imported()] = true
		default:
			if object.Pkg() != nil && object.Parent() == object.Pkg().Scope() {
				used[object.Pkg()] = true
			}
		}
		return true
	})
	return used
}

func (h *hollow) stays(spec *ast.ImportSpec, used map[*types.Package]bool) bool {
	if spec.Name != nil && spec.Name.Name == "_" {
		return false
	}
	object := h.info.Implicits[spec]
	if spec.Name != nil {
		object = h.info.Defs[spec.Name]
	}
	name, ok := object.(*types.PkgName)
	return ok && used[name.Imported()]
}

func (h *hollow) added() []ast.Decl {
	paths := make([]string, 0, len(h.names))
	for path := range h.names {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	var added []ast.Decl
	for _, path := range paths {
		spec := &ast.ImportSpec{
			Name: ast.NewIdent(h.names[path]),
			Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)},
		}
		added = append(added, &ast.GenDecl{Tok: token.IMPORT, Specs: []ast.Spec{spec}})
	}
	return added
}
