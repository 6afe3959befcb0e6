package vectors

import (
	"go/types"

	"assay/driver/plain"
)

// options lists for each type parameter the types that it might be, the likeliest first.
func options(of *types.TypeParamList, arguments []plain.Node, bound map[*types.TypeParam]types.Type) [][]types.Type {
	var plainTypes []types.Type
	for _, node := range arguments {
		plainTypes = append(plainTypes, parts(natural(node))...)
	}
	for _, kind := range []types.BasicKind{types.Int, types.Float64, types.String, types.Bool} {
		plainTypes = append(plainTypes, types.Typ[kind])
	}
	choices := make([][]types.Type, of.Len())
	for index := range choices {
		parameter := of.At(index)
		if natural, ok := bound[parameter]; ok {
			choices[index] = append(choices[index], natural)
		}
		choices[index] = append(choices[index], terms(parameter.Constraint(), plainTypes, 0)...)
		choices[index] = append(choices[index], plainTypes...)
	}
	return choices
}

// parts are a type and those that it is made of.
func parts(of types.Type) []types.Type {
	switch under := of.(type) {
	case nil:
		return nil
	case *types.Slice:
		return append(parts(under.Elem()), of)
	case *types.Map:
		return append(append(parts(under.Key()), parts(under.Elem())...), of)
	}
	return []types.Type{of}
}

// terms are the types that a constraint names; type parameters in them are given the plain types.
func terms(of types.Type, plainTypes []types.Type, depth int) []types.Type {
	if depth > deepest {
		return nil
	}
	var found []types.Type
	switch of := of.(type) {
	case *types.Union:
		for index := 0; index < of.Len(); index++ {
			found = append(found, terms(of.Term(index).Type(), plainTypes, depth+1)...)
		}
		return found
	case *types.TypeParam:
		return plainTypes
	case *types.Slice:
		for _, element := range terms(of.Elem(), plainTypes, depth+1) {
			found = append(found, types.NewSlice(element))
		}
		return found
	case *types.Map:
		for _, key := range terms(of.Key(), plainTypes, depth+1) {
			for _, element := range terms(of.Elem(), plainTypes, depth+1) {
				if types.Comparable(key) {
					found = append(found, types.NewMap(key, element))
				}
			}
		}
		return found
	}
	if set, ok := of.Underlying().(*types.Interface); ok && !set.Empty() {
		for index := 0; index < set.NumEmbeddeds(); index++ {
			found = append(found, terms(set.EmbeddedType(index), plainTypes, depth+1)...)
		}
		return found
	}
	return []types.Type{of}
}
