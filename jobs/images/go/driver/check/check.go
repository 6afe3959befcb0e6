// Package check finds the types of a package without running anything of it.
package check

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"strings"

	"assay/driver/build"
	"assay/driver/event"
	"assay/driver/source"
)

// Types checks the code of a package, whose imports must be built. A Broken error has the mistakes.
func Types(builder *build.Builder, one *source.Package) (*types.Package, *types.Info, error) {
	if err := builder.Needs(one.Code); err != nil {
		return nil, nil, err
	}
	var mistakes []string
	config := types.Config{
		Importer: importer.ForCompiler(builder.Module.Set, "gc", func(path string) (io.ReadCloser, error) {
			if archive, ok := builder.Archives[path]; ok {
				return os.Open(archive)
			}
			return os.Open(filepath.Join(builder.Image, "std", path+".a"))
		}),
		Error: func(err error) {
			if mistake, ok := err.(types.Error); ok {
				mistakes = append(mistakes, fmt.Sprintf("%s: %s", mistake.Fset.Position(mistake.Pos), mistake.Msg))
			}
		},
	}
	files := make([]*ast.File, 0, len(one.Code))
	for _, file := range one.Code {
		files = append(files, file.Syntax)
	}
	info := &types.Info{
		Defs:      map[*ast.Ident]types.Object{},
		Uses:      map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{},
	}
	checked, err := config.Check(one.Path, builder.Module.Set, files, info)
	if len(mistakes) > 0 {
		var broken event.Broken
		if err := builder.Package(one); errors.As(err, &broken) {
			return nil, nil, broken // the compiler's words are those of every other run
		}
		return nil, nil, event.Broken(strings.Join(mistakes[:lesser(10, len(mistakes))], "\n"))
	}
	return checked, info, err
}

func lesser(a, b int) int {
	if a < b {
		return a
	}
	return b
}
