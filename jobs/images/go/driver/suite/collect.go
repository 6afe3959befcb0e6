// Package suite finds the tests of the test files and makes a program that runs them.
package suite

import (
	"go/ast"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/driver/source"
)

// Test is one test function; Path is the import path of the package that holds it, Dir its folder.
type Test struct {
	ID, Name, Path, Dir string
}

// Collected is what the test files hold. Main is the TestMain, if there is one.
type Collected struct {
	Tests []Test
	Main  *Test
}

// Collect lists the tests in the order of `files`, then of the source. Benchmarks, examples and fuzz tests are none.
func Collect(module *source.Module, files []string) Collected {
	byName := map[string][]Test{}
	var found Collected
	for _, one := range module.Sorted() {
		for _, group := range []struct {
			files []*source.File
			path  string
		}{{one.Tests, one.Path}, {one.External, one.Path + "_test"}} {
			for _, file := range group.files {
				for _, name := range functions(file.Syntax) {
					test := Test{ID: file.Name + "::" + name, Name: name, Path: group.path, Dir: one.Dir}
					if name == "TestMain" {
						found.Main = &test
						continue
					}
					byName[file.Name] = append(byName[file.Name], test)
				}
			}
		}
	}
	for _, name := range files {
		found.Tests = append(found.Tests, byName[path.Clean(name)]...)
	}
	return found
}

func functions(file *ast.File) []string {
	var names []string
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Recv != nil || function.Body == nil {
			continue
		}
		if name := function.Name.Name; isTest(name) && takes(function, parameterOf(name)) {
			names = append(names, name)
		}
	}
	return names
}

func parameterOf(name string) string {
	if name == "TestMain" {
		return "M"
	}
	return "T"
}

// isTest is `go test`'s own rule: Testing is no test, Test_ing and Test1 are.
func isTest(name string) bool {
	ok := strings.HasPrefix(name, "Test")
	rest := strings.TrimPrefix(name, "Test")
	if !ok || rest == "" {
		return ok
	}
	first, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsLower(first)
}

// takes is true for one parameter, *testing.<kind>, and no result.
func takes(function *ast.FuncDecl, kind string) bool {
	parameters := function.Type.Params.List
	if len(parameters) != 1 || len(parameters[0].Names) > 1 || function.Type.Results != nil {
		return false
	}
	pointer, ok := parameters[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	switch of := pointer.X.(type) {
	case *ast.SelectorExpr:
		return of.Sel.Name == kind
	case *ast.Ident:
		return of.Name == kind
	}
	return false
}
