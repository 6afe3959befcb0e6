package stub

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
)

// hidden finds a name that another package does not export.
var hidden = regexp.MustCompile(`\.[\p{Ll}_]`)

// specs takes the values from variables, so that nothing of the code under test is run.
func (h *hollow) specs(specs []ast.Spec) []ast.Spec {
	var kept []ast.Spec
	for _, spec := range specs {
		values, ok := spec.(*ast.ValueSpec)
		if !ok || len(values.Values) == 0 || h.isConstant(values) {
			kept = append(kept, spec)
			continue
		}
		if values.Type != nil {
			values.Values = nil
			kept = append(kept, values)
			continue
		}
		for _, name := range values.Names {
			if of := h.typeOf(name); of != nil {
				kept = append(kept, &ast.ValueSpec{Names: []*ast.Ident{name}, Type: of})
			}
		}
	}
	return kept
}

func (h *hollow) isConstant(values *ast.ValueSpec) bool {
	for _, name := range values.Names {
		if _, ok := h.info.Defs[name].(*types.Const); ok {
			return true
		}
	}
	return false
}

// typeOf writes the type of a variable that was declared by its value alone. nil for `_`; `any` for a type of another
// package that it does not export.
func (h *hollow) typeOf(name *ast.Ident) ast.Expr {
	object := h.info.Defs[name]
	if name.Name == "_" || object == nil {
		return nil
	}
	named := types.TypeString(object.Type(), func(other *types.Package) string {
		if other == h.of {
			return ""
		}
		return other.Name()
	})
	if hidden.MatchString(named) {
		return ast.NewIdent("any")
	}
	expression, err := parser.ParseExpr(types.TypeString(object.Type(), func(other *types.Package) string {
		if other == h.of {
			return ""
		}
		return h.name(other.Path())
	}))
	if err != nil {
		return ast.NewIdent("any")
	}
	return unplaced(expression)
}

// unplaced removes positions, which belong to another text.
func unplaced(expression ast.Expr) ast.Expr {
	ast.Inspect(expression, func(node ast.Node) bool {
		if ident, ok := node.(*ast.Ident); ok {
			ident.NamePos = token.NoPos
		}
		return true
	})
	return expression
}
