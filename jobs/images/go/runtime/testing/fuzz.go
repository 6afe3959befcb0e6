package testing

// F is what a fuzz test gets. Fuzz tests are compiled and never run.
type F struct {
	common
}

// Add would add a seed.
func (f *F) Add(args ...any) {}

// Fuzz would run ff on the seeds.
func (f *F) Fuzz(ff any) {}
