// Package plain holds plain data: what crosses the border between the runner and the code under test.
package plain

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Kind says what a Node holds.
type Kind byte

// The letters are those of the runtime's own notation, see Node.Append.
const (
	Null  Kind = 'n'
	True  Kind = 't'
	False Kind = 'f'
	Int   Kind = 'i'
	Float Kind = 'r'
	Text  Kind = 's'
	Bytes Kind = 'b'
	List  Kind = 'l'
	Dict  Kind = 'd'
	Set   Kind = 'e'
)

const deepest = 60

// Node is one value. Text holds the digits of a number, the text or the bytes; Items the members of a List or Set, or
// the keys and values of a Dict in turn.
type Node struct {
	Kind  Kind
	Text  string
	Items []Node
}

var errForeign = errors.New("this is no plain data")

// Parse reads the wire's JSON: null, true, "text", 12, [..], {"t":"f"|"d"|"s"|"b","v":..}.
func Parse(raw json.RawMessage) (Node, error) { return parse(raw, 0) }

func parse(raw json.RawMessage, depth int) (Node, error) {
	raw = bytes.TrimSpace(raw)
	if depth > deepest || len(raw) == 0 {
		return Node{}, errForeign
	}
	switch raw[0] {
	case 'n':
		return Node{Kind: Null}, nil
	case 't':
		return Node{Kind: True}, nil
	case 'f':
		return Node{Kind: False}, nil
	case '"':
		return text(Text, raw)
	case '[':
		return list(List, raw, depth)
	case '{':
		return tagged(raw, depth)
	}
	if strings.ContainsAny(string(raw), ".eE") {
		return Node{}, errForeign
	}
	return Node{Kind: Int, Text: string(raw)}, nil
}

func text(kind Kind, raw json.RawMessage) (Node, error) {
	node := Node{Kind: kind}
	err := json.Unmarshal(raw, &node.Text)
	return node, err
}

func list(kind Kind, raw json.RawMessage, depth int) (Node, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return Node{}, err
	}
	node := Node{Kind: kind, Items: make([]Node, 0, len(items))}
	for _, item := range items {
		one, err := parse(item, depth+1)
		if err != nil {
			return Node{}, err
		}
		node.Items = append(node.Items, one)
	}
	return node, nil
}

func tagged(raw json.RawMessage, depth int) (Node, error) {
	var box struct {
		T string          `json:"t"`
		V json.RawMessage `json:"v"`
	}
	if err := json.Unmarshal(raw, &box); err != nil {
		return Node{}, err
	}
	switch box.T {
	case "f":
		return text(Float, box.V)
	case "s":
		return list(Set, box.V, depth)
	case "d":
		return pairs(box.V, depth)
	case "b":
		node, err := text(Bytes, box.V)
		if err != nil {
			return node, err
		}
		data, err := hex.DecodeString(node.Text)
		node.Text = string(data)
		return node, err
	}
	return Node{}, errForeign
}

func pairs(raw json.RawMessage, depth int) (Node, error) {
	var items [][]json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return Node{}, err
	}
	node := Node{Kind: Dict}
	for _, pair := range items {
		if len(pair) != 2 {
			return Node{}, errForeign
		}
		for _, item := range pair {
			one, err := parse(item, depth+1)
			if err != nil {
				return Node{}, err
			}
			node.Items = append(node.Items, one)
		}
	}
	return node, nil
}

// Append writes the notation that package assay/wire reads: the kind's letter, then for all but null, true and false
// a count and a colon, and that many bytes or members.
func (n Node) Append(to *strings.Builder) {
	to.WriteByte(byte(n.Kind))
	switch n.Kind {
	case Null, True, False:
	case List, Set, Dict:
		fmt.Fprintf(to, "%d:", len(n.Items))
		for _, item := range n.Items {
			item.Append(to)
		}
	default:
		fmt.Fprintf(to, "%d:%s", len(n.Text), n.Text)
	}
}
