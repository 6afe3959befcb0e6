package build

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"assay/driver/event"
	"assay/driver/source"
)

// Builder compiles a module's packages, each after those that it imports. Archives has what is done so far, by path.
type Builder struct {
	*Tools
	Module   *source.Module
	Archives map[string]string
	library  map[string]string
	begun    map[*source.Package]bool
}

// NewBuilder knows the library that the code under test may import.
func NewBuilder(tools *Tools, module *source.Module) (*Builder, error) {
	builder := &Builder{Tools: tools, Module: module, Archives: map[string]string{}, library: map[string]string{},
		begun: map[*source.Package]bool{}}
	list, err := os.Open(filepath.Join(tools.Image, "public.cfg"))
	if err != nil {
		return nil, err
	}
	defer list.Close()
	for scanner := bufio.NewScanner(list); scanner.Scan(); {
		path, archive, _ := strings.Cut(strings.TrimPrefix(scanner.Text(), "packagefile "), "=")
		builder.library[path] = archive
	}
	return builder, nil
}

// Library is a copy of what the code under test may import, with the archives.
func (b *Builder) Library() map[string]string {
	library := make(map[string]string, len(b.library))
	for path, archive := range b.library {
		library[path] = archive
	}
	return library
}

// All compiles every package of the module with its tests.
func (b *Builder) All() error {
	for _, one := range b.Module.Sorted() {
		if err := b.Package(one); err != nil {
			return err
		}
	}
	for _, one := range b.Module.Sorted() {
		if len(one.External) == 0 {
			continue
		}
		if err := b.files(one.Path+"_test", one.External); err != nil {
			return err
		}
	}
	return nil
}

// Package compiles what `one` imports, then itself with the tests that share it.
func (b *Builder) Package(one *source.Package) error {
	if _, done := b.Archives[one.Path]; done {
		return nil
	}
	if b.begun[one] {
		return event.Broken(fmt.Sprintf("package %s imports itself in a circle", one.Path))
	}
	b.begun[one] = true
	files := append(append([]*source.File{}, one.Code...), one.Tests...)
	if len(files) == 0 {
		return nil
	}
	return b.files(one.Path, files)
}

// Needs compiles the packages of the module that these files import, and refuses imports that are not there.
func (b *Builder) Needs(files []*source.File) error {
	for _, file := range files {
		for index, path := range file.Imports() {
			if b.library[path] != "" || path == "unsafe" {
				continue
			}
			if of := b.Module.Find(path); of != nil {
				if err := b.Package(of); err != nil {
					return err
				}
				continue
			}
			line := b.Module.Set.Position(file.Syntax.Imports[index].Pos()).Line
			return event.Broken(fmt.Sprintf("%s:%d: there is no package %q: only Go %s's standard library can be imported",
				file.Name, line, path, Version))
		}
	}
	return nil
}

func (b *Builder) files(path string, files []*source.File) error {
	if err := b.Needs(files); err != nil {
		return err
	}
	sources := make([]string, 0, len(files))
	for _, file := range files {
		place, err := b.Place(file)
		if err != nil {
			return err
		}
		sources = append(sources, place)
	}
	archive, err := b.compile(path, sources, b.Archives, false)
	if err != nil {
		return err
	}
	b.Archives[path] = archive
	return nil
}

// Place is where the text of a file to be compiled lies, as seen from the root.
func (b *Builder) Place(file *source.File) (string, error) {
	if !file.Changed {
		return "./" + file.Name, nil
	}
	name := filepath.Join(b.Work, "src", file.Name)
	return name, write(name, file.Text)
}

// Program compiles the text of a main package, which may import anything, and links it. It returns the program's path.
func (b *Builder) Program(text string) (string, error) {
	name := filepath.Join(b.Work, "main.go")
	if err := write(name, []byte(text)); err != nil {
		return "", err
	}
	archive, err := b.compile("main", []string{name}, b.Archives, true)
	if err != nil {
		return "", err
	}
	return b.link(archive, b.Archives)
}

func write(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o600)
}
