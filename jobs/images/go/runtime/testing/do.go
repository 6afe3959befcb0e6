package testing

import "assay/runtime/report"

// do runs a function in a goroutine of its own, since FailNow ends it, then the cleanups; it returns when both are
// done. A panic makes an error of the test and ends nothing else.
func (c *common) do(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer c.close()
		defer c.caught("")
		f()
		c.mu.Lock()
		c.ended = true
		c.mu.Unlock()
	}()
	<-done
}

// caught, when deferred, takes a panic and notices a runtime.Goexit that was not ours.
func (c *common) caught(during string) {
	value := recover()
	c.mu.Lock()
	ended := c.ended
	c.mu.Unlock()
	if value != nil {
		c.stand(errored)
		where, said := indent(trace()), "a value that cannot be printed"
		defer func() { c.keep(during + "panic: " + said + where) }() // the value's Error may call runtime.Goexit
		said = report.Say(value)
	} else if !ended && c.within() {
		c.stand(failed)
	} else if !ended {
		c.stand(errored)
		c.keep(during + "the test called runtime.Goexit or panic(nil)")
	}
}

// within is true when what this is a part of has ended: the part called FailNow of the whole.
func (c *common) within() bool {
	for one := c.parent; one != nil; one = one.parent {
		one.mu.Lock()
		ended := one.ended
		one.mu.Unlock()
		if ended {
			return true
		}
	}
	return false
}

func indent(lines string) string {
	if lines == "" {
		return ""
	}
	return "\n" + lines
}

// close runs the cleanups, the last first; each may add others.
func (c *common) close() {
	for {
		c.mu.Lock()
		count := len(c.cleanups)
		if count == 0 {
			if c.children > 0 && c.children == c.skips && c.state == passed {
				c.state = skipped // no part of it was run
			}
			c.over = true
			c.mu.Unlock()
			return
		}
		cleanup := c.cleanups[count-1]
		c.cleanups = c.cleanups[:count-1]
		c.ended = false
		c.mu.Unlock()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer c.caught("cleanup: ")
			cleanup()
			c.mu.Lock()
			c.ended = true
			c.mu.Unlock()
		}()
		<-done
	}
}
