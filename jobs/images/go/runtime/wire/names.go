package wire

import (
	"errors"
	"reflect"
)

// namer tells the code's own packages, by path, from the library's.
type namer map[string]bool

// chain names the types of an error and of those that it wraps.
func (n namer) chain(err error) []string {
	var names []string
	for ; err != nil && len(names) < deepest; err = errors.Unwrap(err) {
		names = append(names, n.of(err)...)
	}
	return names
}

// of is the name of a value's type, or of what it points to, if it has one: `strconv.NumError` of the library, so that
// no type of the code's own can pass for it.
func (n namer) of(value any) []string {
	of := reflect.TypeOf(value)
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch {
	case of.Name() == "":
		return nil
	case of.PkgPath() != "" && !n[of.PkgPath()]:
		return []string{of.String()}
	case of.PkgPath() != "" && (of.Name() == "error" || of.Name() == "panic"):
		return nil // these say how it was raised
	}
	return []string{of.Name()}
}
