// Package build calls the compiler and the linker themselves: no cache, no network, nothing outlives the run.
package build

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"assay/driver/event"
)

// Tools are the image's tools and a folder of the run's own where the results go.
type Tools struct {
	Image, Root, Work string
}

// New makes the folder for the results below the temporary one.
func New(image, root string) (*Tools, error) {
	work, err := os.MkdirTemp("", "build-")
	return &Tools{Image: image, Root: root, Work: work}, err
}

// compile makes an archive of the sources (paths from the root, or absolute). `known` are further packages that it may
// import, with their archives; `private` opens what only the driver's own code may import.
func (t *Tools) compile(importPath string, sources []string, known map[string]string, private bool) (string, error) {
	name := filepath.Join(t.Work, strings.ReplaceAll(importPath, "/", "+"))
	list := "public.cfg"
	if private {
		list = "all.cfg"
	}
	if err := t.writeList(name+".cfg", list, known); err != nil {
		return "", err
	}
	// A dot before the names of the user's files tells them from the library's.
	trim := t.Work + "/src=>.;" + t.Work + "=>main;" + t.Root + "=>."
	arguments := []string{"-p", importPath, "-e", "-complete", "-pack", "-dwarf=false", "-c=2", "-trimpath", trim,
		"-importcfg", name + ".cfg", "-o", name + ".a"}
	return name + ".a", t.call("compile", append(arguments, sources...))
}

// link makes the program of the archive of a main package.
func (t *Tools) link(archive string, known map[string]string) (string, error) {
	program := filepath.Join(t.Work, "program")
	if err := t.writeList(program+".cfg", "all.cfg", known); err != nil {
		return "", err
	}
	return program, t.call("link", []string{"-s", "-w", "-importcfg", program + ".cfg", "-o", program, archive})
}

func (t *Tools) writeList(to, base string, known map[string]string) error {
	text, err := os.ReadFile(filepath.Join(t.Image, base))
	if err != nil {
		return err
	}
	for path, archive := range known {
		text = append(text, "packagefile "+path+"="+archive+"\n"...)
	}
	return os.WriteFile(to, text, 0o600)
}

// call runs a tool; what it finds wrong is the user's to mend.
func (t *Tools) call(tool string, arguments []string) error {
	command := exec.Command(filepath.Join(t.Image, "tool", tool), arguments...)
	command.Dir = t.Root
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	err := command.Run()
	var left *exec.ExitError
	if !errors.As(err, &left) {
		return err
	}
	return event.Broken(t.tidy(said.String(), tool+": "+left.Error()))
}

// tidy makes paths relative; `otherwise` is said when the tool said nothing.
func (t *Tools) tidy(text, otherwise string) string {
	var lines []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		for _, prefix := range []string{t.Work + "/src/", t.Root + "/", "./"} {
			line = strings.TrimPrefix(line, prefix)
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return otherwise
	}
	return strings.Join(lines, "\n")
}
