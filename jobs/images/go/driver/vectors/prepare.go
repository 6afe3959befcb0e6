// Package vectors makes a program that calls functions of the code under test and tells what they return.
package vectors

import (
	"assay/driver/build"
	"assay/driver/check"
	"assay/driver/event"
	"assay/driver/source"
)

// Prepare tells which calls can be made and returns the program that makes them.
func Prepare(image, root string, request Request) (string, error) {
	module, err := source.Load(root, nil, nil)
	if err != nil {
		return "", err
	}
	under := module.Packages["."]
	if under == nil {
		return "", event.Broken("there is no Go file in the main folder")
	}
	tools, err := build.New(image, root)
	if err != nil {
		return "", err
	}
	builder, err := build.NewBuilder(tools, module)
	if err != nil {
		return "", err
	}
	checked, _, err := check.Types(builder, under)
	if err != nil {
		return "", err
	}
	var calls []ready
	ids := map[verdict][]string{}
	for _, call := range request.Calls {
		one, verdict := choose(call, checked, module.Paths())
		ids[verdict] = append(ids[verdict], call.ID)
		if verdict == supported {
			calls = append(calls, one)
		}
	}
	name, err := open(under, calls)
	if err != nil {
		return "", err
	}
	if err := builder.All(); err != nil {
		return "", err
	}
	program, err := builder.Program(text(under.Path, name, calls, module, tools.Work))
	if err != nil {
		return "", err
	}
	return program, event.Supported(ids[supported], ids[refused])
}
