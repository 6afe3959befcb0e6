package suite

import (
	"errors"
	"os"

	"assay/driver/build"
	"assay/driver/event"
	"assay/driver/source"
	"assay/driver/stub"
)

// What a run of tests leaves with.
const (
	exitPassed       = 0
	exitFailed       = 1
	nothingCollected = 5
)

// Job is what the runner asks for: test files, tests to leave out, and whether the code is replaced by a stub.
type Job struct {
	Files []string `json:"files"`
	Skip  []string `json:"skip"`
	Stub  bool     `json:"stub"`
}

// made is a program with the ids of all tests that are in it, those too that it is not to run.
type made struct {
	program string
	ids     []string
}

// Prepare builds everything and tells what it collected, and which tests cannot be compiled. It returns the program
// that runs the others, or an exit code when there is none to run.
func Prepare(image, root string, job Job) (program string, code int, err error) {
	rest := newSieve(root, job.Files)
	done, err := sieved(image, root, job, rest)
	if err != nil {
		return "", 0, err
	}
	if err := event.Collected(append(rest.ids, done.ids...)); err != nil {
		return "", 0, err
	}
	for _, id := range rest.told(set(job.Skip)) {
		if err := event.Error(id, rest.dropped[id]); err != nil {
			return "", 0, err
		}
	}
	if len(rest.ids)+len(done.ids) == 0 {
		return "", nothingCollected, event.Finish(nothingCollected)
	}
	return done.program, 0, nil
}

// sieved builds without the tests that cannot be compiled. A Broken error has what nobody is to blame for alone.
func sieved(image, root string, job Job, rest *sieve) (*made, error) {
	var first error
	for round := 0; ; round++ {
		done, wide, err := assembled(image, root, job, rest)
		var broken, wider event.Broken
		if !errors.As(err, &broken) {
			return done, err
		}
		if first == nil {
			first = err
		}
		if round == rounds || !(errors.As(wide, &wider) && rest.drop(wider)) && !rest.drop(broken) {
			return nil, err
		}
		if !rest.left() {
			return nil, first
		}
	}
}

// assembled is a program of the tests, or why there is none: `err` without and `wide` with the test files that nobody
// named. Perhaps the tests need what one of those declares, as files of a repository do.
func assembled(image, root string, job Job, rest *sieve) (done *made, wide, err error) {
	module, err := source.Load(root, job.Files, rest.edits)
	if err != nil {
		return nil, nil, err
	}
	done, err = assemble(image, module, job, rest)
	var broken event.Broken
	if !errors.As(err, &broken) || len(module.Others) == 0 {
		return done, nil, err
	}
	module, wide = source.Load(root, append(module.Others, job.Files...), rest.edits)
	if wide == nil {
		done, wide = assemble(image, module, job, rest)
	}
	if wide == nil {
		return done, nil, nil
	}
	return nil, wide, err
}

func assemble(image string, module *source.Module, job Job, rest *sieve) (done *made, err error) {
	tools, err := build.New(image, module.Root)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(tools.Work)
		}
	}()
	builder, err := build.NewBuilder(tools, module)
	if err != nil {
		return nil, err
	}
	if job.Stub {
		if err := stub.Apply(builder); err != nil {
			return nil, err
		}
	}
	if err := builder.All(); err != nil {
		return nil, err
	}
	var packages []string
	for path := range builder.Archives {
		packages = append(packages, path)
	}
	done = &made{}
	found, skipped := Collect(module, job.Files), set(job.Skip)
	var run []Test
	for _, test := range found.Tests {
		if _, twin := rest.dropped[test.ID]; twin {
			continue
		}
		done.ids = append(done.ids, test.ID)
		if !skipped[test.ID] {
			run = append(run, test)
		}
	}
	code := exitPassed
	if len(rest.told(skipped)) > 0 {
		code = exitFailed
	}
	done.program, err = builder.Program(Program(run, found.Main, packages, tools.Work, code))
	return done, err
}

func set(ids []string) map[string]bool {
	all := map[string]bool{}
	for _, id := range ids {
		all[id] = true
	}
	return all
}
