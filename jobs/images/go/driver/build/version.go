package build

import (
	"runtime"
	"strings"
)

// Version is that of the language, such as 1.19: the driver is built with the compiler that it calls.
var Version = minor(strings.TrimPrefix(runtime.Version(), "go"))

func minor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return version
	}
	return parts[0] + "." + parts[1]
}
