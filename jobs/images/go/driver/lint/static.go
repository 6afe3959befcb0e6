package lint

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// patience is what staticcheck has for everything; what it would have said later is not missed.
const patience = 1500 * time.Millisecond

var (
	// told are the rules of staticcheck's own; it has others for code that it can't read.
	told = regexp.MustCompile(`^(SA|S)[0-9]{4}$`)
	// generated is a line that makes staticcheck look away, wherever it is in a file.
	generated = regexp.MustCompile(`(?m)^// (Code generated .*DO NOT EDIT\.|Created by cgo - DO NOT EDIT)\r?$`)
)

// honest is the text of a file that says that it is generated without that claim, and nil for any other file.
// Nothing changes its place.
func honest(text []byte) []byte {
	if !generated.Match(text) {
		return nil
	}
	return generated.ReplaceAllFunc(text, func(line []byte) []byte {
		return append([]byte("//\t"), line[3:]...)
	})
}

// addStatic adds staticcheck's findings to vet's. When it fails over all candidates it sees each one alone, so that
// none hides another's findings; when it fails again, or has no time left, there are none.
func addStatic(image string, all []*candidate) {
	until, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if static(until, image, all) == nil {
		return
	}
	for index := range all {
		if static(until, image, all[index:index+1]) != nil && until.Err() != nil {
			return
		}
	}
}

func static(until context.Context, image string, all []*candidate) error {
	var asked question
	places := map[string]place{}
	for _, one := range all {
		one.ask(&asked, places)
	}
	if len(asked.Roots) == 0 {
		return nil
	}
	library, err := readLibrary(image)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "static-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, name := range library.complete(&asked) {
		if err := os.Symlink(filepath.Join(image, factsFolder, name), filepath.Join(work, name)); err != nil {
			return err
		}
	}
	said, _, err := asked.put(until, image, work)
	if err != nil {
		return err
	}
	return hear(said, places)
}

// place is a file that staticcheck sees.
type place struct {
	of   *candidate
	name string
}

// ask adds the candidate's packages to the question, and their files to `places`.
func (c *candidate) ask(asked *question, places map[string]place) {
	for _, one := range c.units {
		if len(one.Code) == 0 {
			continue
		}
		root := node{ID: c.folder + ":" + one.Path, Name: one.Name, PkgPath: one.Path, Imports: map[string]string{},
			ExportFile: c.builder.Archives[one.Path]}
		for _, file := range one.places {
			full := file
			if !filepath.IsAbs(file) {
				full = filepath.Join(c.builder.Root, file)
			}
			root.CompiledGoFiles = append(root.CompiledGoFiles, full)
			places[full] = place{c, one.names[file]}
		}
		for _, file := range one.Code {
			for _, path := range file.Imports() {
				root.Imports[path] = path
				if c.builder.Archives[path] != "" {
					root.Imports[path] = c.folder + ":" + path
				}
			}
		}
		asked.Roots = append(asked.Roots, root.ID)
		asked.Packages = append(asked.Packages, &root)
	}
}

// hear reads staticcheck's findings. Where vet has spoken of a line already, it is left at that.
func hear(said []byte, places map[string]place) error {
	type line struct {
		of   place
		line int
	}
	spoken := map[line]bool{}
	for _, at := range places {
		for _, one := range at.of.findings {
			spoken[line{place{at.of, one.File}, one.Line}] = true
		}
	}
	for decoder := json.NewDecoder(bytes.NewReader(said)); decoder.More(); {
		var one struct {
			Code, Message string
			Location      struct {
				File string
				Line int
			}
		}
		if err := decoder.Decode(&one); err != nil {
			return err
		}
		at, known := places[one.Location.File]
		if known && told.MatchString(one.Code) && !spoken[line{at, one.Location.Line}] {
			at.of.findings = append(at.of.findings,
				finding{File: at.name, Line: one.Location.Line, Rule: one.Code, Message: tidy(one.Message)})
		}
	}
	return nil
}
