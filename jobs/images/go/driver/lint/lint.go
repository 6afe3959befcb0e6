// Package lint runs vet and staticcheck over the code of several candidates.
package lint

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"assay/driver/build"
	"assay/driver/event"
	"assay/driver/source"
)

// most findings are told of a candidate.
const most = 2000

// style is how the names of rules begin that are a matter of taste.
const style = "S1"

// finding is a line of the output; File begins with the candidate's folder.
type finding struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

// Run looks at each folder below root and writes one line of JSON for each finding to out: a candidate's mistakes in
// the order of its source, then its style. Code that cannot be compiled is left out: its own run says so.
func Run(image, root string, out io.Writer) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	var all []*candidate
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		one, err := prepare(image, root, entry.Name())
		if one.work != "" {
			defer os.RemoveAll(one.work)
		}
		var broken event.Broken
		if err != nil && !errors.As(err, &broken) {
			return err
		}
		all = append(all, one)
	}
	for _, one := range all {
		for _, unit := range one.units {
			found, err := vet(one.builder, unit)
			if err != nil {
				return err
			}
			one.findings = append(one.findings, found...)
		}
	}
	addStatic(image, all)
	encoder := json.NewEncoder(out)
	for _, one := range all {
		if err := one.tell(encoder); err != nil {
			return err
		}
	}
	return nil
}

// candidate is the code in one folder; units are its packages that can be looked at, and `work` has what they need.
type candidate struct {
	folder   string
	work     string
	builder  *build.Builder
	units    []*unit
	findings []finding
}

// unit is a package whose imports are compiled. `places` are where its files lie, as seen from the candidate's folder,
// and `names` what the candidate calls them.
type unit struct {
	*source.Package
	places []string
	names  map[string]string
}

// prepare returns what it could do even when it ends in an error.
func prepare(image, root, folder string) (*candidate, error) {
	one := &candidate{folder: folder}
	module, err := source.Load(filepath.Join(root, folder), nil, nil)
	if err != nil {
		return one, err
	}
	tools, err := build.New(image, module.Root)
	if err != nil {
		return one, err
	}
	one.work = tools.Work
	if one.builder, err = build.NewBuilder(tools, module); err != nil {
		return one, err
	}
	for _, contents := range module.Sorted() {
		unit := &unit{Package: contents, names: map[string]string{}}
		for _, file := range contents.Code {
			if text := honest(file.Text); text != nil {
				file.Replace(text)
			}
			place, err := one.builder.Place(file)
			if err != nil {
				return one, err
			}
			unit.places = append(unit.places, place)
			unit.names[place] = file.Name
		}
		if err := one.builder.Needs(contents.Code); err != nil {
			return one, err
		}
		one.units = append(one.units, unit)
	}
	return one, nil
}

func (c *candidate) tell(encoder *json.Encoder) error {
	sort.Slice(c.findings, func(i, j int) bool {
		a, b := c.findings[i], c.findings[j]
		if one, other := strings.HasPrefix(a.Rule, style), strings.HasPrefix(b.Rule, style); one != other {
			return other
		}
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Rule+a.Message < b.Rule+b.Message
	})
	for index, one := range c.findings {
		if index == most {
			break
		}
		one.File = path.Join(c.folder, one.File)
		if err := encoder.Encode(one); err != nil {
			return err
		}
	}
	return nil
}
