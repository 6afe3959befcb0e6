package lint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"assay/driver/build"
)

const (
	// cacheFolder is the cache that staticcheck is told of. All folders in it are links to the current one, for it
	// writes into its cache, and making 256 folders for each run takes longer than all the rest.
	cacheFolder = "staticcheck/cache"
	// memory that staticcheck may use, in bytes: too much of it ends staticcheck, not the run.
	memory = 384 << 20
	// checks leaves out what is about names and comments. An empty branch (SA9003) is not asked for by default either.
	checks = "SA*,S1*,-SA9003"
)

// node is a package as staticcheck reads it. Without GoFiles it looks for no settings beside them.
type node struct {
	ID, Name, PkgPath string
	CompiledGoFiles   []string          `json:",omitempty"`
	ExportFile        string            `json:",omitempty"`
	Imports           map[string]string `json:",omitempty"`
}

// question is what staticcheck is to look at: Roots are IDs of Packages, whose imports must be there too.
type question struct {
	Roots    []string
	Packages []*node
}

// put has staticcheck look, with `folder` as its current one; that has what is known of the library. It returns what
// staticcheck said on stdout and stderr.
func (q *question) put(until context.Context, image, folder string, env ...string) ([]byte, []byte, error) {
	text, err := json.Marshal(map[string]any{"Roots": q.Roots, "Packages": q.Packages,
		"Sizes": map[string]int{"WordSize": 8, "MaxAlign": 8}})
	if err != nil {
		return nil, nil, err
	}
	name := filepath.Join(folder, "packages.json")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return nil, nil, err
	}
	// Instead of the go command, `cat` is asked which packages there are.
	command := exec.CommandContext(until, filepath.Join(image, "bin", "staticcheck"), "-f", "json", "-show-ignored",
		"-checks", checks, "-go", build.Version, name)
	command.Dir = folder
	command.Env = append(env, "PATH=/usr/bin:/bin", "HOME="+folder, "TMPDIR="+folder, "GOPACKAGESDRIVER=/bin/cat",
		"STATICCHECK_CACHE="+filepath.Join(image, cacheFolder))
	var said, problems bytes.Buffer
	command.Stdout, command.Stderr = &said, &problems
	if err := start(command); err != nil {
		return nil, nil, err
	}
	err = command.Wait()
	var left *exec.ExitError
	if errors.As(err, &left) && left.ExitCode() == 1 {
		err = nil // there are findings
	}
	return said.Bytes(), problems.Bytes(), err
}

// start lowers the driver's own limit for a moment, since a process is born with that of its parent.
func start(command *exec.Cmd) error {
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_DATA, &before); err != nil {
		return err
	}
	lower := before
	if lower.Cur > memory {
		lower.Cur = memory
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &lower); err != nil {
		return err
	}
	err := command.Start()
	if raised := syscall.Setrlimit(syscall.RLIMIT_DATA, &before); err == nil {
		err = raised
	}
	return err
}
