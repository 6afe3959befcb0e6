// Package wire carries plain data between the runner and functions of the code under test.
package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// node is one value in the driver's notation: the letter of its kind; for numbers, text and bytes their text; for
// lists (l), sets (e) and dictionaries (d: keys and values in turn) their items.
type node struct {
	kind  byte
	text  string
	items []node
}

// read takes one node off the front of a text: `s5:hello`, `l2:i1:1n`.
func read(from string) (node, string, error) {
	if from == "" {
		return node{}, "", fmt.Errorf("wire: a value is missing")
	}
	kind, rest := from[0], from[1:]
	if kind == 'n' || kind == 't' || kind == 'f' {
		return node{kind: kind}, rest, nil
	}
	number, rest, ok := strings.Cut(rest, ":")
	count, err := strconv.Atoi(number)
	if !ok || err != nil {
		return node{}, "", fmt.Errorf("wire: %q is no count", number)
	}
	if kind != 'l' && kind != 'd' && kind != 'e' {
		return node{kind: kind, text: rest[:count]}, rest[count:], nil
	}
	items := make([]node, count)
	for index := range items {
		if items[index], rest, err = read(rest); err != nil {
			return node{}, "", err
		}
	}
	return node{kind: kind, items: items}, rest, nil
}
