package assay;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Makes one outcome a test of JUnit's events. A test with parameters counts as a whole, by its worst part. The last
 * outcome is held back until the next test or the end, since what its class does afterwards is counted to it.
 */
final class Listener implements TestExecutionListener {
    private final Report report;
    private final Trace trace;
    /** Our id of each test by JUnit's unique id. */
    private final Map<String, String> ids;

    private final Set<String> done = new HashSet<>();
    private TestPlan plan;
    private Case running;
    private boolean held;
    private boolean bad;

    Listener(Report report, Trace trace, Map<String, String> ids) {
        this.report = report;
        this.trace = trace;
        this.ids = ids;
    }

    /** True once a test has failed in whatever way. */
    boolean bad() {
        return bad;
    }

    /** Our ids of the tests that have had their turn. */
    Set<String> done() {
        Set<String> names = new HashSet<>();
        done.forEach(unique -> names.add(ids.get(unique)));
        return names;
    }

    /** The run of the plan broke off: the test in hand is to blame, or without one all that are left. */
    void stopped(Throwable error) {
        String message = trace.of(error, true);
        if (running == null) {
            plan.getRoots().forEach(root -> around(root, Outcome.ERROR, message));
        } else {
            running.add(Outcome.ERROR, message);
        }
        flush();
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void testPlanExecutionFinished(TestPlan finished) {
        flush();
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (ids.containsKey(test.getUniqueId())) {
            begin(test);
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        if (running != null && !held) {
            running.add(Outcome.SKIPPED, reason);
            return;
        }
        for (TestIdentifier each : below(test)) {
            begin(each);
            running.add(Outcome.SKIPPED, reason);
            held = true;
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Outcome outcome = outcome(result);
        String message = result.getThrowable().map(t -> trace.of(t, outcome == Outcome.ERROR)).orElse("");
        if (ids.containsKey(test.getUniqueId())) {
            if (test.isContainer() && running.parts == 0 && outcome == Outcome.PASSED) {
                running.add(Outcome.ERROR, "no test was made");
            }
            running.add(outcome, message);
            held = true;
        } else if (running != null && !held) {
            running.parts++;
            running.add(outcome, message.isEmpty() ? "" : test.getDisplayName() + ": " + message);
        } else if (outcome != Outcome.PASSED) {
            around(test, outcome, message);
        }
    }

    /** A class failed before its first test or after its last. */
    private void around(TestIdentifier type, Outcome outcome, String message) {
        boolean any = false;
        for (TestIdentifier each : below(type)) {
            if (!done.contains(each.getUniqueId())) {
                begin(each);
                running.add(outcome, message);
                held = true;
                any = true;
            }
        }
        if (!any && held) {
            running.add(outcome == Outcome.SKIPPED ? outcome : Outcome.ERROR, message);
        }
    }

    private Set<TestIdentifier> below(TestIdentifier test) {
        Set<TestIdentifier> below = new LinkedHashSet<>();
        if (ids.containsKey(test.getUniqueId())) {
            below.add(test);
        }
        for (TestIdentifier each : plan.getDescendants(test)) {
            if (ids.containsKey(each.getUniqueId())) {
                below.add(each);
            }
        }
        return below;
    }

    private void begin(TestIdentifier test) {
        flush();
        done.add(test.getUniqueId());
        running = new Case(ids.get(test.getUniqueId()));
        report.event("start", "id", running.id);
    }

    private void flush() {
        if (running != null) {
            String outcome = running.outcome.name().toLowerCase(Locale.ROOT);
            report.event("case", "id", running.id, "outcome", outcome, "message", running.message, "ms", running.ms);
            bad |= running.outcome.compareTo(Outcome.SKIPPED) > 0;
        }
        running = null;
        held = false;
    }

    private static Outcome outcome(TestExecutionResult result) {
        switch (result.getStatus()) {
            case SUCCESSFUL:
                return Outcome.PASSED;
            case ABORTED:
                return Outcome.SKIPPED;
            default:
                Throwable thrown = result.getThrowable().orElse(null);
                return thrown instanceof AssertionError ? Outcome.FAILED : Outcome.ERROR;
        }
    }

    /** From the best to the worst. */
    private enum Outcome {
        PASSED,
        SKIPPED,
        FAILED,
        ERROR
    }

    private static final class Case {
        final String id;
        private final long begun = System.nanoTime();
        Outcome outcome = Outcome.PASSED;
        String message = "";
        double ms;
        int parts;

        Case(String id) {
            this.id = id;
        }

        void add(Outcome another, String said) {
            if (another.compareTo(outcome) > 0) {
                outcome = another;
                message = said;
            }
            ms = (System.nanoTime() - begun) / 1000 / 1000.0;
        }
    }
}
