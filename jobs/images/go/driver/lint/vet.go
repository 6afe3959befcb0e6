package lint

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"assay/driver/build"
)

// settings is what vet reads; the names are its own.
type settings struct {
	ID, Compiler, Dir, ImportPath string
	GoFiles                       []string
	ImportMap, PackageFile        map[string]string
	VetxOutput                    string
	SucceedOnTypecheckFailure     bool
}

func vet(builder *build.Builder, one *unit) ([]finding, error) {
	wanted := settings{ID: one.Path, Compiler: "gc", Dir: builder.Root, ImportPath: one.Path, GoFiles: one.places,
		ImportMap: map[string]string{}, PackageFile: builder.Library(), SucceedOnTypecheckFailure: true,
		VetxOutput: filepath.Join(builder.Work, "facts")}
	for path, archive := range builder.Archives {
		wanted.PackageFile[path] = archive
	}
	for path := range wanted.PackageFile {
		wanted.ImportMap[path] = path
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
	return parse(said, one.names)
}

// parse reads vet's {package: {rule: [{posn: "file:line:column", message}]}}. `names` are those of the files by the
// place where vet found them.
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
				all = append(all, finding{File: names[parts[0]], Line: line, Rule: rule, Message: tidy(place.Message)})
			}
		}
	}
	return all, nil
}

func tidy(message string) string { return strings.Join(strings.Fields(message), " ") }
