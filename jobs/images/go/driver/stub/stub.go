// Package stub replaces the code under test by code with the same names that does nothing: what a test still finds
// right then, it does not test.
package stub

import (
	"bytes"
	"go/ast"
	"go/printer"
	"go/types"

	"assay/driver/build"
	"assay/driver/check"
	"assay/driver/event"
	"assay/driver/source"
)

// Apply replaces all code of the builder's module. Functions end their goroutine (runtime.Goexit), which no test can
// mistake for a panic that it expects; package variables are zero; constants and types stay.
func Apply(builder *build.Builder) error {
	checker, err := build.NewBuilder(builder.Tools, builder.Module)
	if err != nil {
		return err
	}
	type checked struct {
		files []*source.File
		of    *types.Package
		info  *types.Info
	}
	var all []checked
	for _, one := range builder.Module.Sorted() {
		if len(one.Code) == 0 {
			continue
		}
		of, info, err := check.Types(checker, one)
		if err != nil {
			return err
		}
		all = append(all, checked{one.Code, of, info})
	}
	if len(all) == 0 {
		return event.Broken("there is no code to be tested")
	}
	for _, one := range all {
		for _, file := range one.files {
			hollow := &hollow{file: file.Syntax, of: one.of, info: one.info, names: map[string]string{}}
			hollow.apply()
			var text bytes.Buffer
			if err := printer.Fprint(&text, builder.Module.Set, file.Syntax); err != nil {
				return err
			}
			file.Replace(text.Bytes())
		}
	}
	return nil
}

// hollow is the work on one file. `names` are the packages that it will import, by path, and the names of them.
type hollow struct {
	file  *ast.File
	of    *types.Package
	info  *types.Info
	names map[string]string
}

func (h *hollow) apply() {
	var kept []ast.Decl
	for _, declaration := range h.file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			if declaration.Recv == nil && declaration.Name.Name == "init" {
				continue
			}
			if declaration.Body != nil {
				declaration.Body = h.nothing()
			}
			kept = append(kept, declaration)
		case *ast.GenDecl:
			declaration.Specs = h.specs(declaration.Specs)
			if len(declaration.Specs) > 0 {
				kept = append(kept, declaration)
			}
		}
	}
	h.file.Decls = kept
	h.file.Comments = nil
	h.settleImports()
}

// nothing is the body of every function.
func (h *hollow) nothing() *ast.BlockStmt {
	leave := &ast.SelectorExpr{X: ast.NewIdent(h.name("runtime")), Sel: ast.NewIdent("Goexit")}
	unreachable := &ast.CallExpr{Fun: ast.NewIdent("panic"), Args: []ast.Expr{ast.NewIdent("nil")}}
	return &ast.BlockStmt{List: []ast.Stmt{
		&ast.ExprStmt{X: &ast.CallExpr{Fun: leave}},
		&ast.ExprStmt{X: unreachable},
	}}
}
