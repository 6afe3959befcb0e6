package lint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"assay/driver/build"
)

// never is long after any day on which staticcheck tidies up its cache.
const never = 4 * time.Hour * 24 * 365 * 20

var (
	// hashed and subkey are lines in which staticcheck tells under which name it keeps something.
	hashed = regexp.MustCompile(`(?m)^HASH\[staticcheck (\S+)\]: ([0-9a-f]{64})$`)
	subkey = regexp.MustCompile(`(?m)^HASH subkey ([0-9a-f]{64}) "vetx" = ([0-9a-f]{64})$`)
)

// listed is a package as `go list -json` tells of it.
type listed struct {
	Dir, ImportPath, Name string
	GoFiles, Imports      []string
	ImportMap             map[string]string
}

// Seed has staticcheck look at the standard library, and keeps what it found out in the image. `list` is the output of
// `go list -deps -json std`.
func Seed(image string, list io.Reader) error {
	for _, name := range []string{cacheFolder, factsFolder} {
		if err := os.MkdirAll(filepath.Join(image, name), 0o755); err != nil {
			return err
		}
	}
	for number := 0; number < 256; number++ {
		link := filepath.Join(image, cacheFolder, fmt.Sprintf("%02x", number))
		if err := os.Symlink("/proc/self/cwd", link); err != nil {
			return err
		}
	}
	tidied := fmt.Sprint(time.Now().Add(never).Unix())
	if err := os.WriteFile(filepath.Join(image, cacheFolder, "trim.txt"), []byte(tidied), 0o644); err != nil {
		return err
	}
	all, asked, err := everything(image, list)
	if err != nil {
		return err
	}
	folder := filepath.Join(image, factsFolder)
	said, problems, err := asked.put(context.Background(), image, folder, "GODEBUG=gocachehash=1")
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	if err := all.learn(image, problems); err != nil {
		return err
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(image, libraryFile), text, 0o644)
}

// everything is the library, and the question about a package that imports all that the code under test may.
func everything(image string, list io.Reader) (library, *question, error) {
	all, asked := library{}, &question{Roots: []string{"seed"}}
	for decoder := json.NewDecoder(list); decoder.More(); {
		var one listed
		if err := decoder.Decode(&one); err != nil {
			return nil, nil, err
		}
		written := node{ID: one.ImportPath, Name: one.Name, PkgPath: one.ImportPath, Imports: map[string]string{}}
		for _, path := range one.Imports {
			written.Imports[path] = path
		}
		for path, meant := range one.ImportMap {
			written.Imports[path] = meant
		}
		if one.ImportPath != "unsafe" {
			written.ExportFile = filepath.Join(image, "std", one.ImportPath+".a")
		}
		all[one.ImportPath] = &known{node: written}
		for _, name := range one.GoFiles {
			written.CompiledGoFiles = append(written.CompiledGoFiles, filepath.Join(one.Dir, name))
		}
		asked.Packages = append(asked.Packages, &written)
	}
	builder, err := build.NewBuilder(&build.Tools{Image: image}, nil)
	if err != nil {
		return nil, nil, err
	}
	name := filepath.Join(image, factsFolder, "seed.go")
	root := &node{ID: "seed", Name: "seed", PkgPath: "seed", CompiledGoFiles: []string{name}, Imports: map[string]string{}}
	text := "package seed\n"
	for path := range builder.Library() {
		if all[path] == nil {
			return nil, nil, errors.New("the go command does not list " + path)
		}
		root.Imports[path] = path
		text += fmt.Sprintf("import _ %q\n", path)
	}
	asked.Packages = append(asked.Packages, root)
	return all, asked, os.WriteFile(name, []byte(text), 0o600)
}

// learn notes the facts of each package from what staticcheck says of its cache.
func (l library) learn(image string, problems []byte) error {
	names := map[string]string{}
	for _, found := range subkey.FindAllSubmatch(problems, -1) {
		names[string(found[1])] = string(found[2])
	}
	for _, found := range hashed.FindAllSubmatch(problems, -1) {
		one, name := l[string(found[1])], names[string(found[2])]+"-a"
		if one == nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join(image, factsFolder, name))
		if err != nil {
			return err
		}
		fields := strings.Fields(string(text)) // version, what, its contents' hash, size, time
		if len(fields) != 5 {
			return fmt.Errorf("%s is no entry of a cache", name)
		}
		one.Facts = []string{name, fields[2] + "-d"}
	}
	return nil
}
