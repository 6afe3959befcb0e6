// Package source reads a workspace: a module of packages, the code under test apart from its tests.
package source

import (
	"fmt"
	"go/build"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"assay/driver/event"
)

// DefaultPath is the module's import path when the workspace has no go.mod.
const DefaultPath = "solution"

var modulePath = regexp.MustCompile(`(?m)^module[ \t]+"?([^\s"]+)`)

// Package is one folder of the module. Tests share the package of the code; External tests have a package of their
// own, `<Name>_test`, and import the code.
type Package struct {
	Path, Dir, Name       string
	Code, Tests, External []*File
}

// Module is what a workspace holds; Packages by folder, "." is the root. Others are _test.go files that nobody named.
type Module struct {
	Root, Path string
	Set        *token.FileSet
	Packages   map[string]*Package
	Others     []string
}

// Load reads all Go files below root, except what Go itself ignores. `tests` are the files with tests,
// relative to root; any other _test.go file is left out. `edits` are texts that count instead of those of files. A Broken
// error says what the person must mend.
func Load(root string, tests []string, edits map[string][]byte) (*Module, error) {
	module := &Module{Root: root, Path: DefaultPath, Set: token.NewFileSet(), Packages: map[string]*Package{}}
	if text, err := os.ReadFile(filepath.Join(root, "go.mod")); err == nil {
		if found := modulePath.FindSubmatch(text); found != nil {
			module.Path = string(found[1])
		}
	}
	isTest := map[string]bool{}
	for _, name := range tests {
		isTest[path.Clean(name)] = true
	}
	pending := map[*Package][]*File{}
	err := filepath.WalkDir(root, func(full string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, full)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != "." && ignored(entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !isTest[name] && !strings.HasSuffix(name, ".go") {
			return nil
		}
		if !isTest[name] && strings.HasSuffix(name, "_test.go") {
			module.Others = append(module.Others, name)
			return nil
		}
		if fits, err := build.Default.MatchFile(filepath.Dir(full), entry.Name()); err != nil || !fits {
			return err
		}
		file, err := readFile(module.Set, root, name, edits[name])
		if err != nil {
			return err
		}
		in := module.at(filepath.Dir(name))
		if isTest[name] {
			pending[in] = append(pending[in], file)
		} else {
			in.Code = append(in.Code, file)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return module, module.settle(pending)
}

func ignored(folder string) bool {
	return folder == "testdata" || folder == "vendor" || strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_")
}

func (m *Module) at(dir string) *Package {
	found, ok := m.Packages[dir]
	if !ok {
		found = &Package{Path: path.Join(m.Path, dir), Dir: dir}
		m.Packages[dir] = found
	}
	return found
}

// Sorted lists the packages by folder.
func (m *Module) Sorted() []*Package {
	all := make([]*Package, 0, len(m.Packages))
	for _, one := range m.Packages {
		all = append(all, one)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Dir < all[j].Dir })
	return all
}

// Paths are the import paths of the packages.
func (m *Module) Paths() map[string]bool {
	paths := map[string]bool{}
	for _, one := range m.Packages {
		paths[one.Path] = true
	}
	return paths
}

// Find is the module's package with this import path, or nil.
func (m *Module) Find(importPath string) *Package {
	for _, one := range m.Packages {
		if one.Path == importPath {
			return one
		}
	}
	return nil
}

func (m *Module) settle(pending map[*Package][]*File) error {
	for _, one := range m.Sorted() {
		for _, file := range one.Code {
			if one.Name == "" {
				one.Name = file.Clause()
			}
			if file.Clause() != one.Name {
				first := one.Code[0]
				return event.Broken(fmt.Sprintf("%s: package %s, but %s: package %s; a folder holds one package",
					first.Name, first.Clause(), file.Name, file.Clause()))
			}
		}
		m.place(one, pending[one])
	}
	return nil
}
