package vectors

import (
	"go/types"
	"strings"
)

// imports collects the packages whose types an expression names, each under a name that no code has.
type imports struct {
	of    *types.Package
	paths []string
}

// names writes type arguments as the package `of` can name them.
func (i *imports) names(chosen []types.Type) string {
	written := make([]string, 0, len(chosen))
	for _, one := range chosen {
		written = append(written, types.TypeString(one, i.qualify))
	}
	return strings.Join(written, ", ")
}

func (i *imports) qualify(pkg *types.Package) string {
	if pkg == i.of {
		return ""
	}
	for index, path := range i.paths {
		if path == pkg.Path() {
			return i.alias(index)
		}
	}
	i.paths = append(i.paths, pkg.Path())
	return i.alias(len(i.paths) - 1)
}

func (i *imports) alias(index int) string {
	return "assay_" + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(i.paths[index])
}
