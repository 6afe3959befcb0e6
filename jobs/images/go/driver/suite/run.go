package suite

import (
	"errors"
	"os"

	"assay/driver/build"
	"assay/driver/event"
	"assay/driver/source"
	"assay/driver/stub"
)

const nothingCollected = 5

// Job is what the runner asks for: test files, tests to leave out, and whether the code is replaced by a stub.
type Job struct {
	Files []string `json:"files"`
	Skip  []string `json:"skip"`
	Stub  bool     `json:"stub"`
}

// Prepare builds everything and tells what it collected. It returns the program that runs the tests, or an exit code
// when there is none to run.
func Prepare(image, root string, job Job) (program string, code int, err error) {
	module, err := source.Load(root, job.Files)
	if err != nil {
		return "", 0, err
	}
	program, ids, err := assemble(image, module, job)
	var broken event.Broken
	if errors.As(err, &broken) && len(module.Others) > 0 {
		// Perhaps the tests need what another test file declares, as files of a repository do.
		if module, other := source.Load(root, append(module.Others, job.Files...)); other == nil {
			if whole, all, other := assemble(image, module, job); other == nil {
				program, ids, err = whole, all, nil
			}
		}
	}
	if err != nil {
		return "", 0, err
	}
	if err := event.Collected(ids); err != nil {
		return "", 0, err
	}
	if len(ids) == 0 {
		return "", nothingCollected, event.Finish(nothingCollected)
	}
	return program, 0, nil
}

// assemble returns the program and the ids of all tests, those that it leaves out too.
func assemble(image string, module *source.Module, job Job) (program string, ids []string, err error) {
	tools, err := build.New(image, module.Root)
	if err != nil {
		return "", nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(tools.Work)
		}
	}()
	builder, err := build.NewBuilder(tools, module)
	if err != nil {
		return "", nil, err
	}
	if job.Stub {
		if err := stub.Apply(builder); err != nil {
			return "", nil, err
		}
	}
	if err := builder.All(); err != nil {
		return "", nil, err
	}
	found := Collect(module, job.Files)
	ids, run := choose(found.Tests, job.Skip)
	var packages []string
	for path := range builder.Archives {
		packages = append(packages, path)
	}
	program, err = builder.Program(Program(run, found.Main, packages, tools.Work))
	return program, ids, err
}

func choose(tests []Test, skip []string) (ids []string, run []Test) {
	left := map[string]bool{}
	for _, id := range skip {
		left[id] = true
	}
	for _, test := range tests {
		ids = append(ids, test.ID)
		if !left[test.ID] {
			run = append(run, test)
		}
	}
	return ids, run
}
