package testing

// TB is what T, B and F have in common.
type TB interface {
	Cleanup(func())
	Error(args ...any)
	Errorf(format string, args ...any)
	Fail()
	FailNow()
	Failed() bool
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Helper()
	Log(args ...any)
	Logf(format string, args ...any)
	Name() string
	Setenv(key, value string)
	Skip(args ...any)
	SkipNow()
	Skipf(format string, args ...any)
	Skipped() bool
	TempDir() string

	private()
}

var (
	_ TB = (*T)(nil)
	_ TB = (*B)(nil)
	_ TB = (*F)(nil)
)

// Short is false: all tests run in full.
func Short() bool { return false }

// Verbose is false: what a passing test says is not shown.
func Verbose() bool { return false }

// CoverMode is empty: coverage is not measured.
func CoverMode() string { return "" }

// Coverage is 0: it is not measured.
func Coverage() float64 { return 0 }

// Init has nothing to do: there are no flags.
func Init() {}
