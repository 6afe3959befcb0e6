package testing

import (
	"fmt"
	"runtime"
	"time"
)

// B is what a benchmark gets. Benchmarks are compiled; they run, once, only when a test calls Benchmark.
type B struct {
	common
	N     int
	begun time.Time
	took  time.Duration
}

func (b *B) StartTimer() {
	if b.begun.IsZero() {
		b.begun = time.Now()
	}
}

func (b *B) StopTimer() {
	if !b.begun.IsZero() {
		b.took += time.Since(b.begun)
		b.begun = time.Time{}
	}
}

func (b *B) ResetTimer() {
	if !b.begun.IsZero() {
		b.begun = time.Now()
	}
	b.took = 0
}

func (b *B) ReportAllocs()                       {}
func (b *B) ReportMetric(n float64, unit string) {}
func (b *B) SetBytes(n int64)                    {}
func (b *B) SetParallelism(p int)                {}

// Run runs a part of a benchmark, once.
func (b *B) Run(name string, f func(b *B)) bool {
	part := &B{common: common{name: b.name + "/" + name, state: passed, parent: &b.common}, N: 1}
	part.StartTimer()
	part.do(func() { f(part) })
	part.StopTimer()
	return !part.Failed()
}

// RunParallel runs the body in one goroutine.
func (b *B) RunParallel(body func(*PB)) { body(&PB{left: b.N}) }

// PB counts the rounds of RunParallel.
type PB struct {
	left int
}

// Next is true as long as there are rounds to run.
func (p *PB) Next() bool {
	p.left--
	return p.left >= 0
}

// BenchmarkResult is what a benchmark took.
type BenchmarkResult struct {
	N         int
	T         time.Duration
	Bytes     int64
	MemAllocs uint64
	MemBytes  uint64
	Extra     map[string]float64
}

// NsPerOp is the time of one round in nanoseconds.
func (r BenchmarkResult) NsPerOp() int64 {
	if r.N <= 0 {
		return 0
	}
	return r.T.Nanoseconds() / int64(r.N)
}

// AllocsPerOp is the number of allocations of one round.
func (r BenchmarkResult) AllocsPerOp() int64 {
	if r.N <= 0 {
		return 0
	}
	return int64(r.MemAllocs) / int64(r.N)
}

// AllocedBytesPerOp is the number of bytes that one round allocates.
func (r BenchmarkResult) AllocedBytesPerOp() int64 {
	if r.N <= 0 {
		return 0
	}
	return int64(r.MemBytes) / int64(r.N)
}

func (r BenchmarkResult) String() string { return fmt.Sprintf("%8d\t%10d ns/op", r.N, r.NsPerOp()) }

// Benchmark runs a benchmark once.
func Benchmark(f func(b *B)) BenchmarkResult {
	b := &B{common: common{name: "benchmark", state: passed}, N: 1}
	before := allocated()
	b.StartTimer()
	b.do(func() { f(b) })
	b.StopTimer()
	after := allocated()
	return BenchmarkResult{N: b.N, T: b.took, MemAllocs: after.Mallocs - before.Mallocs,
		MemBytes: after.TotalAlloc - before.TotalAlloc}
}

// AllocsPerRun is the average number of allocations of a call of f, a whole number.
func AllocsPerRun(runs int, f func()) float64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f()
	before := allocated()
	for i := 0; i < runs; i++ {
		f()
	}
	return float64((allocated().Mallocs - before.Mallocs) / uint64(runs))
}

func allocated() runtime.MemStats {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats
}
