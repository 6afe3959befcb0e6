package vectors

import (
	"go/types"
	"math/big"
	"strconv"
	"unicode/utf8"

	"assay/driver/plain"
)

// fits is true when package assay/wire can make a value of the type of this node.
func fits(node plain.Node, of types.Type) bool {
	if node.Kind == plain.Null {
		return isNil(of.Underlying())
	}
	if isBig(of) {
		return node.Kind == plain.Int
	}
	switch under := of.Underlying().(type) {
	case *types.Basic:
		return fitsBasic(node, under)
	case *types.Pointer:
		return fits(node, under.Elem())
	case *types.Slice:
		if node.Kind == plain.Bytes {
			return isByte(under.Elem())
		}
		return node.Kind == plain.List && all(node.Items, under.Elem())
	case *types.Array:
		return node.Kind == plain.List && int64(len(node.Items)) == under.Len() && all(node.Items, under.Elem())
	case *types.Map:
		return fitsMap(node, under)
	case *types.Interface:
		return under.Empty() && free(node)
	}
	return false
}

// isNil is true for types that have a nil.
func isNil(under types.Type) bool {
	switch under := under.(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		return true
	case *types.Basic:
		return under.Kind() == types.UnsafePointer
	}
	return false
}

func all(items []plain.Node, of types.Type) bool {
	for _, item := range items {
		if !fits(item, of) {
			return false
		}
	}
	return true
}

func fitsBasic(node plain.Node, of *types.Basic) bool {
	info := of.Info()
	switch node.Kind {
	case plain.True, plain.False:
		return info&types.IsBoolean != 0
	case plain.Text:
		if of.Kind() == types.Int32 || of.Kind() == types.Uint8 {
			r, size := utf8.DecodeRuneInString(node.Text)
			return size > 0 && size == len(node.Text) && (of.Kind() == types.Int32 || r < utf8.RuneSelf)
		}
		return info&types.IsString != 0
	case plain.Int:
		return info&(types.IsFloat|types.IsComplex) != 0 || info&types.IsInteger != 0 && inRange(node.Text, of)
	case plain.Float:
		if info&types.IsInteger != 0 { // 2.0 is a constant that an int may be
			exact, ok := new(big.Rat).SetString(node.Text)
			return ok && exact.IsInt() && inRange(exact.Num().String(), of)
		}
		_, err := strconv.ParseFloat(node.Text, 64)
		return info&(types.IsFloat|types.IsComplex) != 0 && err == nil
	}
	return false
}

func inRange(digits string, of *types.Basic) bool {
	number, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return false
	}
	bits := uint(8 * sizes.Sizeof(of))
	if of.Info()&types.IsUnsigned != 0 {
		return number.Sign() >= 0 && uint(number.BitLen()) <= bits
	}
	limit := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return number.Cmp(limit) < 0 && number.Cmp(limit.Neg(limit)) >= 0
}

func fitsMap(node plain.Node, of *types.Map) bool {
	switch node.Kind {
	case plain.Set:
		return isMark(of.Elem()) && all(node.Items, of.Key())
	case plain.Dict:
		for index, item := range node.Items {
			to := of.Key()
			if index%2 == 1 {
				to = of.Elem()
			}
			if !fits(item, to) {
				return false
			}
		}
		return true
	}
	return false
}

// isMark is true for what a map has as values when it stands for a set.
func isMark(of types.Type) bool {
	if basic, ok := of.Underlying().(*types.Basic); ok {
		return basic.Kind() == types.Bool
	}
	empty, ok := of.Underlying().(*types.Struct)
	return ok && empty.NumFields() == 0
}

// free is true for what can be an `any`: keys of maps must be comparable, and some integer type hold each integer.
func free(node plain.Node) bool {
	step := 0
	switch node.Kind {
	case plain.Int:
		return inRange(node.Text, types.Typ[types.Int]) || inRange(node.Text, types.Typ[types.Uint64])
	case plain.Set:
		step = 1
	case plain.Dict:
		step = 2
	}
	for index, item := range node.Items {
		isKey := step > 0 && index%step == 0
		if isKey && !isKeyable(item) || !free(item) {
			return false
		}
	}
	return true
}

// isKeyable is true for what can be a key as it is; a list can be one as an array.
func isKeyable(node plain.Node) bool {
	switch node.Kind {
	case plain.Dict, plain.Set, plain.Bytes:
		return false
	}
	for _, item := range node.Items {
		if !isKeyable(item) {
			return false
		}
	}
	return true
}

func isByte(of types.Type) bool {
	basic, ok := of.Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Uint8
}

// isBig is true for *big.Int, the one struct that counts as plain: an integer of any size.
func isBig(of types.Type) bool {
	pointer, ok := of.(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := pointer.Elem().(*types.Named)
	return ok && named.Obj().Name() == "Int" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "math/big"
}

var sizes = types.SizesFor("gc", "amd64")
