package wire

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"unicode/utf8"
)

// set gives `to`, which can be set, the value of the node. The driver has seen to it that it fits.
func set(to reflect.Value, from node) error {
	if from.kind == 'n' {
		to.Set(reflect.Zero(to.Type()))
		return nil
	}
	switch to.Kind() {
	case reflect.Bool:
		to.SetBool(from.kind == 't')
		return nil
	case reflect.String:
		to.SetString(from.text)
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInt(to, from)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return setUint(to, from)
	case reflect.Float32, reflect.Float64:
		value, err := amount(from, to.Type().Bits())
		to.SetFloat(value)
		return err
	case reflect.Complex64, reflect.Complex128:
		value, err := amount(from, to.Type().Bits()/2)
		to.SetComplex(complex(value, 0))
		return err
	case reflect.Pointer:
		return setPointer(to, from)
	case reflect.Slice, reflect.Array:
		return setList(to, from)
	case reflect.Map:
		return setMap(to, from)
	case reflect.Interface:
		value, err := free(from)
		if value != nil {
			to.Set(reflect.ValueOf(value))
		}
		return err
	}
	return fmt.Errorf("wire: nothing can be made a %s", to.Type())
}

// amount is a number's value in so many bits; one that is too big is an infinity.
func amount(from node, bits int) (float64, error) {
	value, err := strconv.ParseFloat(from.text, bits)
	if math.IsInf(value, 0) {
		err = nil
	}
	return value, err
}

// whole is the text of an integer, which may come as the float 2.0.
func whole(from node) (string, error) {
	if from.kind != 'r' {
		return from.text, nil
	}
	value, err := strconv.ParseFloat(from.text, 64)
	return strconv.FormatFloat(value, 'f', -1, 64), err
}

func setInt(to reflect.Value, from node) error {
	if from.kind == 's' {
		r, _ := utf8.DecodeRuneInString(from.text)
		to.SetInt(int64(r))
		return nil
	}
	digits, err := whole(from)
	if err != nil {
		return err
	}
	value, err := strconv.ParseInt(digits, 10, to.Type().Bits())
	to.SetInt(value)
	return err
}

func setUint(to reflect.Value, from node) error {
	if from.kind == 's' {
		to.SetUint(uint64(from.text[0]))
		return nil
	}
	digits, err := whole(from)
	if err != nil {
		return err
	}
	value, err := strconv.ParseUint(digits, 10, to.Type().Bits())
	to.SetUint(value)
	return err
}

func setPointer(to reflect.Value, from node) error {
	made := reflect.New(to.Type().Elem())
	to.Set(made)
	if number, ok := made.Interface().(encoding.TextUnmarshaler); ok && isBig(to.Type()) {
		return number.UnmarshalText([]byte(from.text))
	}
	return set(made.Elem(), from)
}

func setList(to reflect.Value, from node) error {
	if from.kind == 'b' {
		to.Set(reflect.ValueOf([]byte(from.text)).Convert(to.Type()))
		return nil
	}
	if to.Kind() == reflect.Slice {
		to.Set(reflect.MakeSlice(to.Type(), len(from.items), len(from.items)))
	}
	for index, item := range from.items {
		if err := set(to.Index(index), item); err != nil {
			return err
		}
	}
	return nil
}

func setMap(to reflect.Value, from node) error {
	of := to.Type()
	to.Set(reflect.MakeMap(of))
	step := 2
	if from.kind == 'e' {
		step = 1
	}
	for index := 0; index < len(from.items); index += step {
		key, value := reflect.New(of.Key()).Elem(), reflect.New(of.Elem()).Elem()
		if err := setKey(key, from.items[index]); err != nil {
			return err
		}
		if step == 2 {
			if err := set(value, from.items[index+1]); err != nil {
				return err
			}
		} else if value.Kind() == reflect.Bool {
			value.SetBool(true)
		}
		to.SetMapIndex(key, value)
	}
	return nil
}

// setKey makes an array of a list that is the key of a map from anything: a slice can't be one.
func setKey(to reflect.Value, from node) error {
	if to.Kind() != reflect.Interface || from.kind != 'l' {
		return set(to, from)
	}
	array := reflect.New(reflect.ArrayOf(len(from.items), to.Type())).Elem()
	for index, item := range from.items {
		if err := setKey(array.Index(index), item); err != nil {
			return err
		}
	}
	to.Set(array)
	return nil
}

// free is the value of a node that can be of any type.
func free(from node) (any, error) {
	switch from.kind {
	case 'n':
		return nil, nil
	case 't', 'f':
		return from.kind == 't', nil
	case 's':
		return from.text, nil
	case 'b':
		return []byte(from.text), nil
	case 'i':
		if value, err := strconv.Atoi(from.text); err == nil {
			return value, nil
		}
		return strconv.ParseUint(from.text, 10, 64)
	case 'r':
		return strconv.ParseFloat(from.text, 64)
	case 'l':
		return made([]any{}, from)
	case 'e':
		return made(map[any]struct{}{}, from)
	}
	for index := 0; index < len(from.items); index += 2 {
		if from.items[index].kind != 's' {
			return made(map[any]any{}, from)
		}
	}
	return made(map[string]any{}, from)
}

// made is a new value of the type of `like`.
func made(like any, from node) (any, error) {
	value := reflect.New(reflect.TypeOf(like)).Elem()
	err := set(value, from)
	return value.Interface(), err
}

func isBig(of reflect.Type) bool {
	return of.Kind() == reflect.Pointer && of.Elem().PkgPath() == "math/big" && of.Elem().Name() == "Int"
}
