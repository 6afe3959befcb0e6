package lint

import (
	"encoding/json"
	"os"
	"path/filepath"
)

const (
	libraryFile = "staticcheck/library.json"
	factsFolder = "staticcheck/facts"
)

// library is the standard library by path.
type library map[string]*known

// known is a package with what staticcheck found out about it; Facts are names of files in factsFolder.
type known struct {
	node
	Facts []string
}

func readLibrary(image string) (library, error) {
	text, err := os.ReadFile(filepath.Join(image, libraryFile))
	if err != nil {
		return nil, err
	}
	var all library
	return all, json.Unmarshal(text, &all)
}

// complete adds all of the library that the question's packages need, and returns the names of the facts about it.
func (l library) complete(asked *question) []string {
	var names []string
	done := map[string]bool{}
	var add func(*node)
	add = func(of *node) {
		for _, id := range of.Imports {
			one := l[id]
			if one == nil || done[id] {
				continue
			}
			done[id] = true
			asked.Packages = append(asked.Packages, &one.node)
			for _, name := range one.Facts {
				if !done[name] {
					done[name] = true
					names = append(names, name)
				}
			}
			add(&one.node)
		}
	}
	for _, one := range append([]*node{}, asked.Packages...) {
		add(one)
	}
	return names
}
