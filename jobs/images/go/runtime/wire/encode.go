package wire

import (
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"assay/runtime/report"
)

const (
	deepest   = 60
	textLimit = 200
)

// encode writes a value as the wire's JSON. What is no plain data becomes {"t":"o"} with its type and text.
func encode(value reflect.Value, depth int) string {
	if !value.IsValid() {
		return "null"
	}
	if depth > deepest {
		return foreign(value)
	}
	if isBig(value.Type()) {
		if value.IsNil() {
			return "null"
		}
		return fmt.Sprint(value.Interface())
	}
	switch value.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(value.Bool())
	case reflect.String:
		return encodeText(value)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(value.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(value.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return encodeFloat(value.Float(), value.Type().Bits())
	case reflect.Complex64, reflect.Complex128:
		if number := value.Complex(); imag(number) == 0 {
			return encodeFloat(real(number), value.Type().Bits()/2)
		}
	case reflect.Pointer, reflect.Interface:
		return encode(value.Elem(), depth+1)
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return `{"t":"b","v":"` + hex.EncodeToString(value.Bytes()) + `"}`
		}
		return encodeList(value, depth)
	case reflect.Array:
		return encodeList(value, depth)
	case reflect.Map:
		return encodeMap(value, depth)
	}
	return foreign(value)
}

func encodeText(value reflect.Value) string {
	text := value.String()
	if strings.ToValidUTF8(text, "") != text {
		return foreign(value) // no character stands for such a byte
	}
	return report.Quote(text)
}

func encodeFloat(number float64, bits int) string {
	return `{"t":"f","v":"` + shortest(number, bits) + `"}`
}

// shortest is the shortest text that is read back as the same number of so many bits.
func shortest(number float64, bits int) string {
	switch {
	case math.IsNaN(number):
		return "NaN"
	case math.IsInf(number, 1):
		return "Infinity"
	case math.IsInf(number, -1):
		return "-Infinity"
	}
	if size := math.Abs(number); size != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.FormatFloat(number, 'e', -1, bits)
	}
	text := strconv.FormatFloat(number, 'f', -1, bits)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

func encodeList(value reflect.Value, depth int) string {
	items := make([]string, value.Len())
	for index := range items {
		items[index] = encode(value.Index(index), depth+1)
	}
	return "[" + strings.Join(items, ",") + "]"
}

// encodeMap sorts by the keys' text, so that a map has one form only.
func encodeMap(value reflect.Value, depth int) string {
	mark := value.Type().Elem().Kind() == reflect.Struct && value.Type().Elem().NumField() == 0
	items := make([]string, 0, value.Len())
	for pairs := value.MapRange(); pairs.Next(); {
		item := encode(pairs.Key(), depth+1)
		if !mark {
			item = "[" + item + "," + encode(pairs.Value(), depth+1) + "]"
		}
		items = append(items, item)
	}
	sort.Strings(items)
	if mark {
		return `{"t":"s","v":[` + strings.Join(items, ",") + "]}"
	}
	return `{"t":"d","v":[` + strings.Join(items, ",") + "]}"
}

func foreign(value reflect.Value) string {
	text := value.Type().String()
	if value.CanInterface() {
		text += ": " + fmt.Sprintf("%+v", value.Interface())
	}
	return `{"t":"o","v":` + report.Quote(report.Cut(strings.ToValidUTF8(text, "\uFFFD"), textLimit)) + "}"
}
