// Package lint runs vet over the code of several candidates.
package lint

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"assay/driver/build"
	"assay/driver/event"
	"assay/driver/source"
)

// most findings are told of a candidate.
const most = 2000

// finding is a line of the output; File begins with the candidate's folder.
type finding struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

// Run looks at each folder below root and writes one line of JSON for each finding to out. Code that cannot be compiled is left
// out: its own run says so.
func Run(image, root string, out io.Writer) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		found, err := candidate(image, filepath.Join(root, entry.Name()))
		var broken event.Broken
		if err != nil && !errors.As(err, &broken) {
			return err
		}
		if len(found) > most {
			found = found[:most]
		}
		for _, one := range found {
			one.File = path.Join(entry.Name(), one.File)
			if err := encoder.Encode(one); err != nil {
				return err
			}
		}
	}
	return nil
}

func candidate(image, root string) ([]finding, error) {
	module, err := source.Load(root, nil)
	if err != nil {
		return nil, err
	}
	tools, err := build.New(image, root)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tools.Work)
	builder, err := build.NewBuilder(tools, module)
	if err != nil {
		return nil, err
	}
	var findings []finding
	for _, one := range module.Sorted() {
		if err := builder.Needs(one.Code); err != nil {
			return findings, err
		}
		found, err := vet(builder, one)
		if err != nil {
			return findings, err
		}
		findings = append(findings, found...)
	}
	return findings, nil
}

// settings is what vet reads; the names are its own.
type settings struct {
	ID, Compiler, Dir, ImportPath string
	GoFiles                       []string
	ImportMap, PackageFile        map[string]string
	VetxOutput                    string
	SucceedOnTypecheckFailure     bool
}

func vet(builder *build.Builder, one *source.Package) ([]finding, error) {
	wanted := settings{ID: one.Path, Compiler: "gc", Dir: builder.Root, ImportPath: one.Path,
		ImportMap: map[string]string{}, PackageFile: builder.Library(), SucceedOnTypecheckFailure: true,
		VetxOutput: filepath.Join(builder.Work, "facts")}
	for path, archive := range builder.Archives {
		wanted.PackageFile[path] = archive
	}
	for path := range wanted.PackageFile {
		wanted.ImportMap[path] = path
	}
	names := map[string]string{}
	for _, file := range one.Code {
		place, err := builder.Place(file)
		if err != nil {
			return nil, err
		}
		wanted.GoFiles = append(wanted.GoFiles, place)
		names[place] = file.Name
	}
	text, err := json.Marshal(wanted)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(builder.Work, "vet.cfg")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return nil, err
	}
	// Unkeyed fields are a matter of style.
	command := exec.Command(filepath.Join(builder.Image, "tool", "vet"), "-json", "-composites=false", name)
	command.Dir, command.Stderr = builder.Root, os.Stderr
	said, err := command.Output()
	if err != nil {
		return nil, err
	}
	return parse(said, names)
}

// parse reads vet's {package: {rule: [{posn: "file:line:column", message}]}}; the findings are in the order of the source.
// `names` are those of the files by the place where vet found them.
func parse(said []byte, names map[string]string) ([]finding, error) {
	var packages map[string]map[string]json.RawMessage
	if err := json.Unmarshal(said, &packages); err != nil {
		return nil, err
	}
	var all []finding
	for _, rules := range packages {
		for rule, raw := range rules {
			var places []struct{ Posn, Message string }
			if json.Unmarshal(raw, &places) != nil {
				continue // {"error": ...}: the rule could not be applied
			}
			for _, place := range places {
				parts := strings.Split(place.Posn, ":")
				if len(parts) < 2 {
					continue
				}
				line, err := strconv.Atoi(parts[1])
				if err != nil {
					return nil, err
				}
				message := strings.Join(strings.Fields(place.Message), " ")
				all = append(all, finding{File: names[parts[0]], Line: line, Rule: rule, Message: message})
			}
		}
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Rule+a.Message < b.Rule+b.Message
	})
	return all, nil
}
