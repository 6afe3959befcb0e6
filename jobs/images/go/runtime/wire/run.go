package wire

import (
	"os"
	"reflect"
	"time"

	"assay/runtime/report"
)

const (
	reserve  = 4096
	tooLarge = `{"t":"o","v":"too large"}`
)

// Run makes the calls in order and reports what each returned, then ends the program. Call i is `functions[i]` with
// `arguments[i]`, a list in the driver's notation. `work` holds what the build left and is removed; `own` are the paths
// of the code's packages.
func Run(work string, own, ids []string, functions []any, arguments []string) {
	if err := os.RemoveAll(work); err != nil {
		os.Exit(report.ExitBroken)
	}
	names := namer{}
	for _, path := range own {
		names[path] = true
	}
	for index, id := range ids {
		given, _, err := read(arguments[index])
		if err != nil {
			os.Exit(report.ExitBroken)
		}
		one := call{id: id, function: reflect.ValueOf(functions[index]), names: names}
		one.make(given.items)
	}
	report.Finish(0)
	os.Exit(0)
}

type call struct {
	id       string
	function reflect.Value
	names    namer
	begun    time.Time
}

// make calls in a goroutine of its own, which the function may end.
func (c *call) make(given []node) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		told := false
		defer func() {
			if value := recover(); value != nil {
				report.Raised(c.id, append([]string{"panic"}, c.names.of(value)...), report.Say(value))
			} else if !told {
				report.Raised(c.id, []string{"panic"}, "the call ended with runtime.Goexit or panic(nil)")
			}
		}()
		arguments := c.arguments(given)
		report.Start(c.id)
		c.begun = time.Now()
		results := c.function.Call(arguments)
		took := time.Since(c.begun)
		c.tell(results, took)
		told = true
	}()
	<-done
}

func (c *call) arguments(given []node) []reflect.Value {
	of := c.function.Type()
	arguments := make([]reflect.Value, len(given))
	for index, from := range given {
		var to reflect.Type
		if of.IsVariadic() && index >= of.NumIn()-1 {
			to = of.In(of.NumIn() - 1).Elem()
		} else {
			to = of.In(index)
		}
		arguments[index] = reflect.New(to).Elem()
		if err := set(arguments[index], from); err != nil {
			os.Exit(report.ExitBroken)
		}
	}
	return arguments
}

// tell reports results: the last one may be an error, several others are a list.
func (c *call) tell(results []reflect.Value, took time.Duration) {
	if last := len(results) - 1; last >= 0 && results[last].Type() == errorType {
		if err, ok := results[last].Interface().(error); ok && err != nil {
			report.Raised(c.id, append([]string{"error"}, c.names.chain(err)...), report.Say(err))
			return
		}
		results = results[:last]
	}
	value := "null"
	switch len(results) {
	case 0:
	case 1:
		value = encode(results[0], 0)
	default:
		value = "["
		for index, one := range results {
			if index > 0 {
				value += ","
			}
			value += encode(one, 1)
		}
		value += "]"
	}
	if len(value)+reserve > report.Room() {
		value = tooLarge
	}
	report.Value(c.id, value, took)
}

var errorType = reflect.TypeOf((*error)(nil)).Elem()
