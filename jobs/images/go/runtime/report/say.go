package report

import "fmt"

// Say is what an error or a panic is about; the value's own methods may panic too.
func Say(value any) (said string) {
	defer func() {
		if recover() != nil {
			said = fmt.Sprintf("a %T that cannot be printed", value)
		}
	}()
	if err, ok := value.(error); ok {
		return err.Error()
	}
	return fmt.Sprint(value)
}
