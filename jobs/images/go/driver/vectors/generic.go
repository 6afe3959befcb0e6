package vectors

import (
	"go/types"

	"assay/driver/plain"
)

// tries is how many choices of type arguments are looked at.
const tries = 4096

// instance makes a generic function one that takes the arguments, with type arguments that Go's own inference could have
// chosen for such values: what the values are by nature, then what the constraints name, then other plain types. nil
// when there are none.
func instance(signature *types.Signature, arguments []plain.Node) (*types.Signature, []types.Type) {
	if !counts(signature, len(arguments)) {
		return nil, nil
	}
	bound := map[*types.TypeParam]types.Type{}
	for index, node := range arguments {
		if !bind(parameterType(signature, index), node, bound) {
			return nil, nil
		}
	}
	choices := options(signature.TypeParams(), arguments, bound)
	chosen := make([]types.Type, len(choices))
	for try := 0; try < tries; try++ {
		rest := try
		for index, of := range choices {
			chosen[index] = of[rest%len(of)]
			rest /= len(of)
		}
		if rest > 0 {
			break
		}
		made, err := types.Instantiate(nil, signature, chosen, true)
		if err == nil && takes(made.(*types.Signature), arguments) {
			return made.(*types.Signature), chosen
		}
	}
	return nil, nil
}

// bind walks a parameter's type along a value and notes what each type parameter in it must be.
func bind(of types.Type, node plain.Node, bound map[*types.TypeParam]types.Type) bool {
	switch of := of.(type) {
	case *types.TypeParam:
		to := natural(node)
		if before, ok := bound[of]; ok && to != nil {
			to = wider(before, to)
		}
		if to == nil {
			_, ok := bound[of]
			return ok || node.Kind == plain.List || node.Kind == plain.Null
		}
		bound[of] = to
	case *types.Slice:
		return node.Kind == plain.Null || node.Kind == plain.Bytes || each(of.Elem(), node.Items, bound)
	case *types.Array:
		return each(of.Elem(), node.Items, bound)
	case *types.Pointer:
		return node.Kind == plain.Null || bind(of.Elem(), node, bound)
	case *types.Map:
		for index, item := range node.Items {
			to := of.Elem()
			if index%2 == 0 || node.Kind == plain.Set {
				to = of.Key()
			}
			if !bind(to, item, bound) {
				return false
			}
		}
	}
	return true
}

func each(of types.Type, items []plain.Node, bound map[*types.TypeParam]types.Type) bool {
	for _, item := range items {
		if !bind(of, item, bound) {
			return false
		}
	}
	return true
}

// natural is the type that a value has when nothing else is said, nil when it can be many.
func natural(node plain.Node) types.Type {
	switch node.Kind {
	case plain.True, plain.False:
		return types.Typ[types.Bool]
	case plain.Int:
		return types.Typ[types.Int]
	case plain.Float:
		return types.Typ[types.Float64]
	case plain.Text:
		return types.Typ[types.String]
	case plain.Bytes:
		return types.NewSlice(types.Universe.Lookup("byte").Type())
	case plain.List:
		if of := common(node.Items, 0, 1); of != nil {
			return types.NewSlice(of)
		}
	case plain.Set:
		if of := common(node.Items, 0, 1); of != nil {
			return types.NewMap(of, types.NewStruct(nil, nil))
		}
	case plain.Dict:
		key, element := common(node.Items, 0, 2), common(node.Items, 1, 2)
		if key != nil && element != nil {
			return types.NewMap(key, element)
		}
	}
	return nil
}

func common(items []plain.Node, from, step int) types.Type {
	var found types.Type
	for index := from; index < len(items); index += step {
		of := natural(items[index])
		if of != nil && found != nil {
			of = wider(found, of)
		}
		if of == nil {
			return nil
		}
		found = of
	}
	return found
}

// wider is the type that holds values of both: int and float64 make float64. nil when there is none.
func wider(a, b types.Type) types.Type {
	if types.Identical(a, b) {
		return a
	}
	number, float := types.Typ[types.Int], types.Typ[types.Float64]
	if a == number && b == float || a == float && b == number {
		return float
	}
	left, ok := a.(*types.Slice)
	right, also := b.(*types.Slice)
	if ok && also {
		if of := wider(left.Elem(), right.Elem()); of != nil {
			return types.NewSlice(of)
		}
	}
	return nil
}
