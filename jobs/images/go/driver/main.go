// The driver of Go: `driver IMAGE` does one job, which it reads as a line of JSON; `driver IMAGE lint` looks for
// mistakes in the folders below the current one; `driver IMAGE seed` makes the image ready for that.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"assay/driver/event"
	"assay/driver/lint"
	"assay/driver/suite"
	"assay/driver/vectors"
)

const exitBroken = 2

func main() {
	code, err := run(os.Args[1:])
	var broken event.Broken
	if errors.As(err, &broken) {
		code, err = exitBroken, event.Message(string(broken))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "driver:", err)
		code = exitBroken
	}
	os.Exit(code)
}

func run(arguments []string) (int, error) {
	root, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	if len(arguments) == 2 && arguments[1] == "lint" {
		return 0, lint.Run(arguments[0], root, os.Stdout)
	}
	if len(arguments) == 2 && arguments[1] == "seed" {
		return 0, lint.Seed(arguments[0], os.Stdin)
	}
	if len(arguments) != 1 {
		return 0, errors.New("usage: driver IMAGE [lint|seed]")
	}
	line, err := bufio.NewReader(os.Stdin).ReadBytes('\n')
	if errors.Is(err, io.EOF) && len(line) == 0 {
		return 0, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	program, code, err := prepare(arguments[0], root, line)
	if err != nil || program == "" {
		return code, err
	}
	return 0, syscall.Exec(program, []string{"solution.test"}, os.Environ())
}

// prepare returns the program that does the rest of the job in place of the driver, or an exit code.
func prepare(image, root string, line []byte) (string, int, error) {
	var job struct {
		Mode string `json:"mode"`
		suite.Job
		vectors.Request
	}
	if err := json.Unmarshal(line, &job); err != nil {
		return "", 0, err
	}
	switch job.Mode {
	case "test":
		return suite.Prepare(image, root, job.Job)
	case "vectors":
		program, err := vectors.Prepare(image, root, job.Request)
		return program, 0, err
	}
	return "", 0, fmt.Errorf("unknown mode %q", job.Mode)
}
