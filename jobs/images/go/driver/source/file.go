package source

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"assay/driver/event"
)

// linkname lets a file name unexported functions of any package, the report's writer too.
var linkname = regexp.MustCompile(`(?m)^[ \t]*//go:linkname[ \t]`)

// File is one source file. Name is relative to the module's root; Text is what is compiled, and Changed says that it
// is no longer what lies in the workspace. Syntax belongs to the text that was read.
type File struct {
	Name    string
	Text    []byte
	Changed bool
	Syntax  *ast.File
}

// Clause is the name in the file's package clause.
func (f *File) Clause() string { return f.Syntax.Name.Name }

// Imports lists the file's import paths in order.
func (f *File) Imports() []string {
	paths := make([]string, 0, len(f.Syntax.Imports))
	for _, spec := range f.Syntax.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, path)
		}
	}
	return paths
}

// Replace sets what is compiled instead of the file's own text.
func (f *File) Replace(text []byte) {
	f.Text, f.Changed = text, true
}

// readFile parses `edited` where there is one, else what the file holds.
func readFile(set *token.FileSet, root, name string, edited []byte) (*File, error) {
	text := edited
	if edited == nil {
		var err error
		if text, err = os.ReadFile(filepath.Join(root, name)); err != nil {
			return nil, err
		}
	}
	syntax, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return nil, event.Broken(syntaxErrors(err))
	}
	if at := linkname.FindIndex(text); at != nil {
		line := 1 + strings.Count(string(text[:at[0]]), "\n")
		return nil, event.Broken(fmt.Sprintf("%s:%d: //go:linkname is not allowed", name, line))
	}
	file := &File{Name: name, Text: text, Changed: edited != nil, Syntax: syntax}
	if err := file.unlined(set); err != nil {
		return nil, err
	}
	return file, refuse(set, file)
}

// unlined takes the effect from `//line` comments, with which code could put its mistakes into another file.
func (f *File) unlined(set *token.FileSet) error {
	text := append([]byte{}, f.Text...)
	for _, group := range f.Syntax.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text[2:], "line ") {
				text[set.File(comment.Pos()).Offset(comment.Pos())+2] = ' '
			}
		}
	}
	if bytes.Equal(text, f.Text) {
		return nil
	}
	f.Replace(text)
	syntax, err := parser.ParseFile(set, f.Name, text, parser.SkipObjectResolution|parser.ParseComments)
	f.Syntax = syntax
	return err
}

func syntaxErrors(err error) string {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return err.Error()
	}
	lines := make([]string, 0, len(list))
	for _, one := range list {
		lines = append(lines, fmt.Sprintf("%s: syntax error: %s", one.Pos, one.Msg))
	}
	return strings.Join(lines, "\n")
}

// rename gives the file another package clause; it stays on its line, so that no position changes.
func (f *File) rename(set *token.FileSet, clause string) {
	begin := set.Position(f.Syntax.Name.Pos()).Offset
	end := set.Position(f.Syntax.Name.End()).Offset
	text := append([]byte{}, f.Text[:begin]...)
	text = append(append(text, clause...), f.Text[end:]...)
	f.Replace(text)
	f.Syntax.Name.Name = clause
}

// Made is a file that is in no workspace.
func Made(name, text string) (*File, error) {
	syntax, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &File{Name: name, Text: []byte(text), Changed: true, Syntax: syntax}, nil
}
