package vectors

import "go/types"

const deepest = 20

// declares is true when a type has a part that the code under test declares itself: a type of one of the packages
// `own`, one without a name that has fields or methods, or a type parameter.
func declares(of types.Type, own map[string]bool, depth int) bool {
	if depth > deepest {
		return true
	}
	inner := func(of types.Type) bool { return declares(of, own, depth+1) }
	switch of := of.(type) {
	case *types.Named:
		if pkg := of.Obj().Pkg(); pkg != nil && own[pkg.Path()] {
			return true
		}
		for index := 0; index < of.TypeArgs().Len(); index++ {
			if inner(of.TypeArgs().At(index)) {
				return true
			}
		}
	case *types.TypeParam:
		return true
	case *types.Struct:
		return of.NumFields() > 0
	case *types.Interface:
		return !of.Empty()
	case *types.Pointer:
		return inner(of.Elem())
	case *types.Slice:
		return inner(of.Elem())
	case *types.Array:
		return inner(of.Elem())
	case *types.Chan:
		return inner(of.Elem())
	case *types.Map:
		return inner(of.Key()) || inner(of.Elem())
	case *types.Signature:
		return inner(of.Params()) || inner(of.Results())
	case *types.Tuple:
		for index := 0; index < of.Len(); index++ {
			if inner(of.At(index).Type()) {
				return true
			}
		}
	}
	return false
}
