package vectors

import (
	"encoding/json"
	"go/types"
	"path"
	"strings"

	"assay/driver/plain"
)

// Request is a list of calls to be made.
type Request struct {
	Calls []Call `json:"calls"`
}

// Call names a function of the root's package, with its arguments as they come.
type Call struct {
	ID   string            `json:"id"`
	Call string            `json:"call"`
	Args []json.RawMessage `json:"args"`
}

// ready is a call that can be made: function is a Go expression for which `imports` are needed, arguments are in the
// notation of assay/wire.
type ready struct {
	id, function, arguments string
	imports                 *imports
}

// verdict is what becomes of a call.
type verdict int

const (
	supported verdict = iota
	refused           // the code has made it impossible with plain data
	foreign           // it is beyond this driver, or none of the code's functions
)

// choose tells whether a call can be made, by the callee's type alone. `own` holds the paths of the code's packages.
func choose(call Call, in *types.Package, own map[string]bool) (ready, verdict) {
	expression, signature, verdict := callee(call.Call, in)
	if verdict != supported {
		return ready{}, verdict
	}
	arguments := make([]plain.Node, 0, len(call.Args))
	for _, raw := range call.Args {
		node, err := plain.Parse(raw)
		if err != nil {
			return ready{}, foreign
		}
		arguments = append(arguments, node)
	}
	wanted := &imports{of: in}
	if signature.TypeParams().Len() > 0 {
		made, chosen := instance(signature, arguments)
		if made == nil {
			return ready{}, refused
		}
		signature = made
		expression += "[" + wanted.names(chosen) + "]"
	} else if !takes(signature, arguments) {
		if declares(signature.Params(), own, 0) || !counts(signature, len(arguments)) {
			return ready{}, refused
		}
		return ready{}, foreign
	}
	var notation strings.Builder
	plain.Node{Kind: plain.List, Items: arguments}.Append(&notation)
	return ready{id: call.ID, function: expression, arguments: notation.String(), imports: wanted}, supported
}

// callee is what a test of the package calls by this name: a function, or a variable that holds one, also one in a
// variable's field or method. A conversion to a type of the code's computes nothing, so it is left to the tests.
func callee(name string, in *types.Package) (string, *types.Signature, verdict) {
	first, rest, dotted := strings.Cut(name, ".")
	at := in.Scope().Lookup(name)
	if holder, ok := in.Scope().Lookup(first).(*types.Var); dotted && ok {
		at, _, _ = types.LookupFieldOrMethod(holder.Type(), true, in, rest)
	} else if dotted && (first == in.Name() || first == path.Base(in.Path())) {
		name, at = rest, in.Scope().Lookup(rest)
	} else if dotted && in.Scope().Lookup(first) == nil {
		return "", nil, foreign
	}
	if _, conversion := at.(*types.TypeName); conversion {
		return "", nil, foreign
	}
	if at == nil {
		return "", nil, refused
	}
	signature, ok := at.Type().Underlying().(*types.Signature)
	if !ok {
		return "", nil, refused
	}
	return name, signature, supported
}

func takes(signature *types.Signature, arguments []plain.Node) bool {
	if !counts(signature, len(arguments)) {
		return false
	}
	for index, node := range arguments {
		if !fits(node, parameterType(signature, index)) {
			return false
		}
	}
	return true
}

func counts(signature *types.Signature, given int) bool {
	count := signature.Params().Len()
	return given == count || signature.Variadic() && given >= count-1
}

// parameterType is that of the argument at index, nil when there are not so many.
func parameterType(signature *types.Signature, index int) types.Type {
	last := signature.Params().Len() - 1
	if signature.Variadic() && index >= last {
		return signature.Params().At(last).Type().(*types.Slice).Elem()
	}
	if index > last {
		return nil
	}
	return signature.Params().At(index).Type()
}
