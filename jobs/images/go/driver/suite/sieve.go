package suite

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"assay/driver/event"
)

// rounds is how often tests may be left out.
const rounds = 3

// canary is how the names of the runner's own files begin, whose tests must fail and are never left out.
const canary = "canary_"

// sieve leaves out the tests that do not compile, so that the others can be run. Only where all errors lie in tests:
// one in the code under test, in an import or in a canary is everybody's.
type sieve struct {
	root    string
	files   map[string]bool   // that may lose tests
	edits   map[string][]byte // what is left of those that have
	ids     []string          // of the tests that were left out
	dropped map[string]string // the same with what the compiler has against each
}

func newSieve(root string, files []string) *sieve {
	s := &sieve{root: root, files: map[string]bool{}, edits: map[string][]byte{}, dropped: map[string]string{}}
	for _, name := range files {
		if !strings.HasPrefix(name, canary) {
			s.files[path.Clean(name)] = true
		}
	}
	return s
}

// drop leaves out the tests that the mistakes lie in; false, and nothing has changed, when one lies elsewhere.
func (s *sieve) drop(broken event.Broken) bool {
	found, ok := mistakes(broken)
	if !ok {
		return false
	}
	bad := map[string]map[function]string{}
	for name, all := range found {
		if !s.files[name] {
			return false
		}
		if bad[name] = blame(name, s.text(name), all); len(bad[name]) == 0 {
			return false
		}
	}
	for name, functions := range bad {
		s.cut(name, functions)
	}
	return true
}

// text is what is compiled of a file; nothing of one that is not there.
func (s *sieve) text(name string) []byte {
	if text, ok := s.edits[name]; ok {
		return text
	}
	text, err := os.ReadFile(filepath.Join(s.root, name))
	if err != nil {
		return nil
	}
	return text
}

func (s *sieve) cut(name string, functions map[function]string) {
	text := append([]byte{}, s.text(name)...)
	for one, message := range functions {
		for index := one.start; index < one.end; index++ {
			if text[index] != '\n' {
				text[index] = ' '
			}
		}
		id := name + "::" + one.name
		if _, known := s.dropped[id]; !known {
			s.ids = append(s.ids, id)
		}
		s.dropped[id] = message
	}
	sort.Strings(s.ids)
	s.edits[name] = hush(text)
}

// left is true while there are tests that were not left out.
func (s *sieve) left() bool {
	for name := range s.files {
		if len(cut(s.text(name))) > 0 {
			return true
		}
	}
	return false
}

// told are the ids of the tests that were left out and are to be reported.
func (s *sieve) told(skipped map[string]bool) []string {
	var ids []string
	for _, id := range s.ids {
		if !skipped[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// hush makes `_` of the names of imports that nothing uses any more.
func hush(text []byte) []byte {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", text, parser.SkipObjectResolution)
	if err != nil {
		return text // the next round has it
	}
	used := map[string]bool{".": true}
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if of, ok := selector.X.(*ast.Ident); ok {
				used[of.Name] = true
			}
		}
		return true
	})
	for index := len(file.Imports) - 1; index >= 0; index-- {
		spec := file.Imports[index]
		begin, end := set.Position(spec.Path.Pos()).Offset, set.Position(spec.Path.Pos()).Offset
		name := ""
		if of, err := strconv.Unquote(spec.Path.Value); err == nil {
			name = path.Base(of)
		}
		if spec.Name != nil {
			name, begin = spec.Name.Name, set.Position(spec.Name.Pos()).Offset
		}
		if !used[name] {
			text = bytes.Join([][]byte{text[:begin], []byte("_ "), text[end:]}, nil)
		}
	}
	return text
}
